use std::sync::Arc;

use domain::api::audit::AcknowledgeAlert;
use domain::audit::suspicion::{Alert, Rule};
use domain::audit::{Filter, Group};
use domain::time::Span;
use leptos::prelude::*;

use crate::Ports;
use crate::alerts::AlertWatch;
use crate::ask::{Deed, ask};
use crate::components::{Badge, Button, Look, Moment, ProblemBox, fact, facts};
use crate::session::SignedIn;
use crate::toasts::Toasts;
use crate::words::Mood;

/// How much of the time around an alert its events are shown of.
const AROUND: Span = Span::from_seconds(10 * 60);

/// One alert: what happened, what it means, what to do.
pub(super) fn card(alert: Alert, watch: AlertWatch) -> AnyView {
    let open = alert.acknowledged_at.is_none();
    let (mood, word) = if open { (Mood::Bad, "Open") } else { (Mood::None, "Acknowledged") };
    let events = format!("/admin/audit?{}", around(&alert).query());
    view! {
        <li class="card">
            <div class="card-head">
                <h3>{title(alert.rule)}</h3>
                <Badge mood=Signal::stored(mood) word=Signal::stored(word.to_owned()) />
            </div>
            <p>{why(&alert)}</p>
            {facts(rows(&alert))}
            {open.then(|| view! { <p class="alert-remedy">{what_to_do(alert.rule)}</p> })}
            <div class="actions">
                <a class="button" href=events>"Show its events"</a>
                {open.then(|| acknowledge(&alert, watch))}
            </div>
        </li>
    }
    .into_any()
}

fn acknowledge(alert: &Alert, watch: AlertWatch) -> AnyView {
    let reason = expect_context::<SignedIn>().not_admin();
    let api = expect_context::<Ports>().api;
    let toasts = expect_context::<Toasts>();
    let (deed, id) = (Deed::new(), alert.id.clone());
    let press = move |()| {
        let (api, id) = (Arc::clone(&api), id.clone());
        deed.run(async move {
            let acknowledged = ask(api, AcknowledgeAlert { id }, ()).await?;
            watch.changed(&acknowledged);
            toasts.done("The alert was acknowledged. That stands in the audit log.");
            Ok(())
        });
    };
    view! {
        <Button label="Acknowledge" look=Look::Primary busy=deed.busy busy_words="Acknowledging…" reason on_press=press />
        {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
    }
    .into_any()
}

const fn title(rule: Rule) -> &'static str {
    match rule {
        Rule::Failures => "Tokens were refused again and again",
        Rule::Addresses => "One token was used from several addresses",
    }
}

/// Why it was raised, in one sentence with its numbers.
fn why(alert: &Alert) -> String {
    let whose =
        alert.username.as_deref().map_or_else(|| "somebody's tokens".to_owned(), |name| format!("{name}'s tokens"));
    match alert.rule {
        Rule::Failures => {
            format!("{} failures of {whose} within five minutes. More than ten raise an alert.", alert.count)
        }
        Rule::Addresses => format!(
            "One of {whose} came from {} addresses within five minutes. More than two raise an alert.",
            alert.count
        ),
    }
}

const fn what_to_do(rule: Rule) -> &'static str {
    match rule {
        Rule::Failures => {
            "Look at the events. An old token a page or a program goes on with is replaced by its owner. If nobody you ask knows of it, disable the person on the Users page, which ends their sessions, and have the token revoked where it was issued."
        }
        Rule::Addresses => {
            "Ask the person whether all these addresses are theirs: an office and a phone can be. If not, the token is in other hands: have it revoked where it was issued, and enter a new one."
        }
    }
}

fn rows(alert: &Alert) -> Vec<AnyView> {
    let watched = &alert.watched;
    let mut rows = vec![fact("Raised", view! { <Moment at=alert.at /> }.into_any())];
    for (name, value) in [
        ("Site", watched.site.as_ref().map(ToString::to_string)),
        ("Provider", watched.provider.as_ref().map(ToString::to_string)),
        ("Connection", watched.connection.as_ref().map(ToString::to_string)),
        ("Client", watched.client.as_ref().map(ToString::to_string)),
        ("Tenant", watched.tenant.as_ref().map(ToString::to_string)),
        ("Addresses", Some(alert.addresses.join(", ")).filter(|addresses| !addresses.is_empty())),
    ] {
        rows.extend(value.map(|value| fact(name, view! { <span class="code">{value}</span> }.into_any())));
    }
    if let (Some(at), Some(by)) = (alert.acknowledged_at, alert.acknowledged_by.clone()) {
        rows.push(fact("Acknowledged", view! { <span>{by} ", " <Moment at /></span> }.into_any()));
    }
    rows
}

/// The events an alert speaks of, and those right after it.
fn around(alert: &Alert) -> Filter {
    let span = i64::try_from(AROUND.millis()).unwrap_or_default();
    Filter {
        group: Some(Group::Token),
        user: alert.watched.user.clone(),
        site: alert.watched.site.clone(),
        from: Some(alert.at.shifted(-span)),
        until: Some(alert.at.shifted(span)),
        ..Filter::default()
    }
}

#[cfg(test)]
mod tests {
    use domain::audit::suspicion::Watched;
    use domain::id::{AlertId, UserId};
    use domain::time::Timestamp;

    use super::*;

    fn alert(rule: Rule) -> Alert {
        Alert {
            id: AlertId::new("a"),
            at: Timestamp::from_seconds(10_000),
            rule,
            count: 11,
            watched: Watched { user: Some(UserId::new("ada")), ..Watched::default() },
            username: Some("ada".to_owned()),
            addresses: Vec::new(),
            acknowledged_at: None,
            acknowledged_by: None,
        }
    }

    #[test]
    fn why_it_was_raised_names_person_and_numbers() {
        assert_eq!(
            why(&alert(Rule::Failures)),
            "11 failures of ada's tokens within five minutes. More than ten raise an alert."
        );
        let nobody = Alert { username: None, count: 3, ..alert(Rule::Addresses) };
        assert_eq!(
            why(&nobody),
            "One of somebody's tokens came from 3 addresses within five minutes. More than two raise an alert."
        );
    }

    #[test]
    fn its_events_are_those_of_the_person_around_its_time() {
        assert_eq!(around(&alert(Rule::Failures)).query(), "group=token&user=ada&from=9400000&until=10600000");
    }
}
