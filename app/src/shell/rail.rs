use domain::api::account::{Role, Session};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::alerts::AlertWatch;
use crate::components::{Icon, icon};
use crate::session::SignedIn;

/// One way to a page.
struct Entry {
    path: &'static str,
    picture: Icon,
    words: &'static str,
    /// Whether it stands in the bar of a phone, and not only behind "More".
    first: bool,
    /// Whether pages below its path belong to it.
    below: bool,
}

impl Entry {
    const fn new(path: &'static str, picture: Icon, words: &'static str) -> Self {
        Self { path, picture, words, first: false, below: true }
    }

    const fn first(self) -> Self {
        Self { first: true, ..self }
    }

    /// Pages below its path have entries of their own.
    const fn alone(self) -> Self {
        Self { below: false, ..self }
    }

    fn is_current(&self, here: &str) -> bool {
        let below = here.strip_prefix(self.path).is_some_and(|rest| rest.starts_with('/'));
        here == self.path || (self.below && below)
    }
}

const TOKENS: &[Entry] = &[
    Entry::new("/", Icon::Overview, "Overview").first().alone(),
    Entry::new("/connections", Icon::Token, "Worker tokens").first(),
    Entry::new("/sites", Icon::Site, "Site tokens"),
    Entry::new("/monitoring", Icon::Monitor, "Monitoring").first(),
    Entry::new("/token-metrics", Icon::Figures, "Token metrics"),
    Entry::new("/tabs", Icon::Tabs, "Tabs"),
];
const PINGONE: &[Entry] = &[
    Entry::new("/people", Icon::Find, "User profile").alone(),
    Entry::new("/people/bulk", Icon::List, "Bulk user lookup"),
    Entry::new("/identity-metrics", Icon::Chart, "Identity metrics"),
    Entry::new("/audit-activities", Icon::Log, "Audit activities"),
    Entry::new("/licensing", Icon::Licence, "Licensing"),
];
const OWN: &[Entry] = &[
    Entry::new("/settings", Icon::Settings, "Settings").first(),
    Entry::new("/tenants", Icon::Tenant, "Tenants"),
    Entry::new("/account", Icon::Account, "Account"),
];
const ADMINISTRATION: &[Entry] = &[
    Entry::new(ALERTS, Icon::Bell, "Alerts"),
    Entry::new("/admin/audit", Icon::Chain, "Audit log"),
    Entry::new("/admin/users", Icon::Users, "Users"),
    Entry::new("/admin/providers", Icon::Provider, "Providers"),
    Entry::new("/admin/org-keys", Icon::Globe, "Org keys"),
    Entry::new("/admin/conversations", Icon::Talk, "Conversations"),
];
/// The entry that says how many alerts are open.
const ALERTS: &str = "/admin/alerts";

/// The way to the pages: at the left, or at the bottom of a phone, where all but the first stand behind "More".
pub(super) fn rail(signed_in: SignedIn) -> AnyView {
    let open = RwSignal::new(false);
    let here = use_location().pathname;
    Effect::new(move |_| {
        here.track();
        open.set(false);
    });
    let close = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            open.set(false);
        }
    };
    view! {
        <nav class="rail" class:open=open aria-label="Pages" on:keydown=close>
            {group(None, TOKENS)}
            {group(Some("PingOne"), PINGONE)}
            {group(Some("Tokenkeep"), OWN)}
            {signed_in.show(administration)}
            <button
                type="button"
                class="more"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {icon(Icon::More)}
                <span>{move || if open.get() { "Close" } else { "More" }}</span>
                {move || (!open.get()).then(tally)}
            </button>
        </nav>
    }
    .into_any()
}

fn administration(session: Session) -> AnyView {
    if session.role == Role::User { ().into_any() } else { group(Some("Administration"), ADMINISTRATION) }
}

fn group(title: Option<&'static str>, entries: &'static [Entry]) -> AnyView {
    view! {
        {title.map(|title| view! { <p class="group">{title}</p> })}
        <ul aria-label=title>{entries.iter().map(entry).collect_view()}</ul>
    }
    .into_any()
}

fn entry(entry: &'static Entry) -> AnyView {
    let here = use_location().pathname;
    let current = move || here.with(|here| entry.is_current(here)).then_some("page");
    view! {
        <li class:first=entry.first>
            <a href=entry.path aria-current=current>
                {icon(entry.picture)}
                <span>{entry.words}</span>
                {(entry.path == ALERTS).then(tally)}
            </a>
        </li>
    }
    .into_any()
}

/// How many alerts nobody has acknowledged; nothing when there are none, or the person may not see them.
fn tally() -> AnyView {
    let watch = expect_context::<AlertWatch>();
    let open = Memo::new(move |_| watch.open());
    let shown = move || {
        let count = open.get();
        (count > 0).then(|| {
            view! {
                <span class="tally">{count}<span class="hidden">" open"</span></span>
            }
        })
    };
    view! { {shown} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn current(here: &str) -> Vec<&'static str> {
        let all = [TOKENS, PINGONE, OWN, ADMINISTRATION].into_iter().flatten();
        all.filter(|entry| entry.is_current(here)).map(|entry| entry.path).collect()
    }

    #[test]
    fn a_page_below_keeps_its_entry_current() {
        assert_eq!(current("/connections/3f"), ["/connections"]);
        assert_eq!(current("/settings/storage"), ["/settings"]);
    }

    #[test]
    fn no_page_has_two_current_entries() {
        assert_eq!(current("/"), ["/"]);
        assert_eq!(current("/people/bulk"), ["/people/bulk"]);
        assert_eq!(current("/people"), ["/people"]);
        assert!(current("/connections-old").is_empty());
    }
}
