//! The bytes of an event that its code is computed over.

use super::Event;

/// What the form begins with: another form gets another line.
const VERSION: &[u8] = b"tokenkeep audit event 1";

/// The bytes an event is chained by: a version, the code of the event before, then each field with its length before it.
///
/// Two events never have the same bytes: every field is there, in one order, with a byte that says whether it has a value
/// and four bytes for its length, so that no text can pass for two fields, or be moved from one to the next.
pub fn chained_form(event: &Event, previous: &[u8; 32]) -> Vec<u8> {
    let entry = &event.entry;
    let mut form = Form::default();
    form.field(Some(VERSION));
    form.field(Some(previous));
    form.field(Some(&event.seq.to_be_bytes()));
    form.field(Some(&entry.at.millis().to_be_bytes()));
    form.field(entry.happened_at.map(|at| at.millis().to_be_bytes()).as_ref().map(|bytes| &bytes[..]));
    form.text(Some(entry.action.name()));
    form.text(Some(entry.outcome.name()));
    form.text(entry.reason.as_ref().map(|reason| reason.as_str()));
    form.text(Some(entry.source.name()));
    form.text(entry.user.as_ref().map(|id| id.as_str()));
    form.text(entry.username.as_deref());
    form.text(entry.tenant.as_ref().map(|id| id.as_str()));
    form.text(entry.site.as_ref().map(|id| id.as_str()));
    form.text(entry.provider.as_ref().map(|id| id.as_str()));
    form.text(entry.connection.as_ref().map(|id| id.as_str()));
    form.text(entry.subject.as_deref());
    form.text(entry.label.as_ref().map(|label| label.as_str()));
    form.field(entry.count.map(u32::to_be_bytes).as_ref().map(|bytes| &bytes[..]));
    form.text(Some(&entry.address));
    form.text(entry.request.as_ref().map(|id| id.as_str()));
    form.text(entry.report.as_ref().map(|id| id.as_str()));
    form.0
}

#[derive(Default)]
struct Form(Vec<u8>);

impl Form {
    fn text(&mut self, text: Option<&str>) {
        self.field(text.map(str::as_bytes));
    }

    fn field(&mut self, value: Option<&[u8]>) {
        let Some(value) = value else { return self.0.push(0) };
        let length = u32::try_from(value.len()).expect("no field of an event is that long");
        self.0.push(1);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Action, Entry, Outcome, Reason, Source};
    use crate::id::{ConnectionId, ProviderId, ReportId, RequestId, TenantId, UserId};
    use crate::site::SiteId;
    use crate::time::Timestamp;

    const BEFORE: [u8; 32] = [7; 32];

    fn event() -> Event {
        Event { seq: 3, entry: Entry::by_server(Action::TokenAdded, Outcome::Done, Timestamp::from_millis(5)) }
    }

    type Change = fn(&mut Event);

    /// One change of each field, and none twice.
    const CHANGES: &[Change] = &[
        |event| event.seq = 4,
        |event| event.entry.at = Timestamp::from_millis(6),
        |event| event.entry.happened_at = Some(Timestamp::from_millis(5)),
        |event| event.entry.action = Action::TokenDeleted,
        |event| event.entry.outcome = Outcome::Failed,
        |event| event.entry.reason = Reason::parse("a").ok(),
        |event| event.entry.source = Source::Browser,
        |event| event.entry.user = Some(UserId::new("a")),
        |event| event.entry.username = Some("a".to_owned()),
        |event| event.entry.tenant = Some(TenantId::new("a")),
        |event| event.entry.site = SiteId::parse("a").ok(),
        |event| event.entry.provider = Some(ProviderId::new("a")),
        |event| event.entry.connection = Some(ConnectionId::new("a")),
        |event| event.entry.subject = Some("a".to_owned()),
        |event| event.entry = event.entry.clone().named("a"),
        |event| event.entry.count = Some(1),
        |event| event.entry.address = "a".to_owned(),
        |event| event.entry.request = Some(RequestId::new("a")),
        |event| event.entry.report = Some(ReportId::new("a")),
        |event| event.entry.username = Some(String::new()),
    ];

    #[test]
    fn a_change_of_any_field_and_of_the_event_before_changes_the_form() {
        let mut forms = vec![chained_form(&event(), &BEFORE), chained_form(&event(), &[8; 32])];
        for change in CHANGES {
            let mut event = event();
            change(&mut event);
            forms.push(chained_form(&event, &BEFORE));
        }
        let count = forms.len();
        forms.sort();
        forms.dedup();
        assert_eq!(forms.len(), count);
    }

    #[test]
    fn every_field_of_an_event_is_changed_in_that_test() {
        let mut whole = event();
        for change in CHANGES {
            change(&mut whole);
        }
        let fields = serde_json::to_value(&whole).unwrap().as_object().unwrap().len();
        // One change makes a text empty instead of absent.
        assert_eq!(fields, CHANGES.len() - 1);
    }

    #[test]
    fn a_text_moved_to_the_next_field_is_another_form() {
        let (mut one, mut two) = (event(), event());
        one.entry.user = Some(UserId::new("ab"));
        one.entry.username = Some("c".to_owned());
        two.entry.user = Some(UserId::new("a"));
        two.entry.username = Some("bc".to_owned());
        assert_ne!(chained_form(&one, &BEFORE), chained_form(&two, &BEFORE));
    }
}
