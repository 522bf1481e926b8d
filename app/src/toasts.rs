//! Short messages that come and go, in a region screen readers hear.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::id::SiteTokenId;
use domain::keeper::{Command, NoticeKind};
use domain::site::{SiteCommand, SiteToken};
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Button, Icon, Look, icon};
use crate::sites::Sites;

/// How long a message stays that says something was done.
const STAY: Duration = Duration::from_secs(6);
/// How long any other message stays: what it tells also stands where it belongs, so it need not cover buttons for ever.
const STAY_LONGER: Duration = Duration::from_secs(10);

/// One message of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    id: u64,
    kind: NoticeKind,
    text: String,
}

/// Where pages put messages.
#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
}

impl Toasts {
    /// A place for messages, for all pages below.
    pub(crate) fn provide() -> Self {
        let toasts = Self { list: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
        provide_context(toasts);
        toasts
    }

    /// Says that something was done; it goes away by itself.
    pub(crate) fn done(self, text: impl Into<String>) {
        self.say(NoticeKind::Done, text.into(), STAY);
    }

    /// Says what a person should know; it goes away by itself, a little later.
    pub(crate) fn tell(self, kind: NoticeKind, text: impl Into<String>) {
        self.say(kind, text.into(), STAY_LONGER);
    }

    fn say(self, kind: NoticeKind, text: String, stay: Duration) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.list.update(|list| list.push(Toast { id, kind, text }));
        set_timeout(move || self.dismiss(id), stay);
    }

    fn dismiss(self, id: u64) {
        self.list.try_update(|list| list.retain(|toast| toast.id != id));
    }

    /// Shows the messages of pages and keeper, and what was removed and can come back.
    pub(crate) fn show(self) -> AnyView {
        let desk = expect_context::<Ports>().desk;
        let (view, send) = (desk.view, desk.send);
        let known = view.clone();
        let notices = Memo::new(move |_| known.with(|view| view.notices.clone()));
        let removed = Memo::new(move |_| view.with(|view| view.removed.clone()));
        let undo = send.clone();
        let dismiss = send.clone();
        Effect::new(move |seen: Option<u64>| {
            let newest = seen.unwrap_or(0);
            notices.with(|notices| {
                for notice in notices.iter().filter(|notice| notice.id > newest) {
                    let (dismiss, id) = (dismiss.clone(), notice.id);
                    let stay = if notice.kind == NoticeKind::Done { STAY } else { STAY_LONGER };
                    set_timeout(move || dismiss(Command::Dismiss(id)), stay);
                }
                notices.iter().map(|notice| notice.id).fold(newest, u64::max)
            })
        });
        let pages = move || {
            let one = move |toast: Toast| toast_view(toast.kind, toast.text, None, move |()| self.dismiss(toast.id));
            self.list.get().into_iter().map(one).collect_view()
        };
        let keeper = move || {
            let one = |notice: domain::keeper::Notice| {
                let send = send.clone();
                toast_view(notice.kind, notice.text, None, move |()| send(Command::Dismiss(notice.id)))
            };
            notices.get().into_iter().map(one).collect_view()
        };
        let removed = move || {
            let one = |(connection, _): (domain::connection::Connection, _)| {
                let (undo, text) = (undo.clone(), format!("{} was deleted.", connection.name));
                toast_view(NoticeKind::Done, text, Some("Undo"), move |()| {
                    undo(Command::Restore(connection.id.clone()))
                })
            };
            removed.get().into_iter().map(one).collect_view()
        };
        let sites = removed_sites();
        view! { <div class="toasts" role="status" aria-live="polite">{pages}{keeper}{removed}{sites}</div> }.into_any()
    }
}

/// Site tokens that were removed and can come back: one message for what was removed at once.
fn removed_sites() -> AnyView {
    let sites = expect_context::<Sites>();
    let removed = Memo::new(move |_| sites.with(|view| view.removed.clone()));
    let shown = move || {
        let removed = removed.get();
        let mut groups: BTreeMap<Timestamp, Vec<&Arc<SiteToken>>> = BTreeMap::new();
        removed.iter().for_each(|(token, until)| groups.entry(*until).or_default().push(token));
        let one = |group: Vec<&Arc<SiteToken>>| {
            let text = match group.as_slice() {
                [one] => format!("{} was deleted.", one.name),
                many => format!("{} site tokens were deleted.", many.len()),
            };
            let ids: Vec<SiteTokenId> = group.iter().map(|token| token.id.clone()).collect();
            let undo = move |()| {
                // What comes of it is seen: they are there again, or not.
                sites.send(SiteCommand::Restore { ids: ids.clone(), done: Box::new(drop) });
            };
            toast_view(NoticeKind::Done, text, Some("Undo"), undo)
        };
        groups.into_values().map(one).collect_view()
    };
    view! { {shown} }.into_any()
}

fn toast_view(
    kind: NoticeKind,
    text: String,
    verb: Option<&'static str>,
    press: impl Fn(()) + Send + Sync + 'static,
) -> AnyView {
    let (class, picture) = match kind {
        NoticeKind::Done => ("toast good", Icon::Check),
        NoticeKind::Info => ("toast info", Icon::Alert),
        NoticeKind::Problem => ("toast bad", Icon::Alert),
    };
    let press = Callback::new(press);
    let button = match verb {
        Some(verb) => view! { <Button label=verb look=Look::Quiet on_press=press /> }.into_any(),
        None => view! {
            <button type="button" class="button quiet" on:click=move |_| press.run(())>
                {icon(Icon::Close)}
                <span class="hidden">"Dismiss"</span>
            </button>
        }
        .into_any(),
    };
    view! {
        <div class=class>
            {icon(picture)}
            <p>{text}</p>
            {button}
        </div>
    }
    .into_any()
}
