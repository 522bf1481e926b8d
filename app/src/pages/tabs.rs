//! The open tabs of this browser and what they say to each other: for the curious, and for support. No token is in any of it.

mod messages;
mod others;
mod way;
mod words;

use domain::tabs::TabsReport;
use domain::worker_token::Request;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{PageHeader, skeleton};

/// How many seconds pass between two calls to the other tabs.
const CALL_EVERY: u32 = 5;

/// The page of `/tabs`.
pub(crate) fn tabs() -> AnyView {
    let report = asked();
    let is_there = Memo::new(move |_| report.with(Option::is_some));
    let body = move || if is_there.get() { known(report) } else { skeleton(6) };
    view! {
        <PageHeader
            title="Tabs"
            text="The open tabs of Tokenkeep in this browser, and how they keep each other up to date."
        />
        {body}
    }
    .into_any()
}

/// What there is to see, asked anew as the time shown moves on. Now and then the other tabs are called, to see who answers
/// and how long that takes; while nobody looks at the page the time stands, and nobody is called.
fn asked() -> RwSignal<Option<TabsReport>> {
    let desk = expect_context::<Ports>().desk;
    let (report, looks) = (RwSignal::new(None), StoredValue::new(0_u32));
    let (now, ask) = (desk.now, desk.ask);
    Effect::new(move |_| {
        if now.get().is_some() {
            let look = looks.get_value();
            looks.set_value(look.wrapping_add(1));
            let done = Box::new(move |answer: Option<TabsReport>| {
                if report.try_with_untracked(|known| *known != answer) == Some(true) {
                    report.try_set(answer);
                }
            });
            ask(Request::GetTabs { call: look % CALL_EVERY == 0, done });
        }
    });
    report
}

fn known(report: RwSignal<Option<TabsReport>>) -> AnyView {
    // Each part is drawn anew only when what it shows has changed.
    let way = Memo::new(move |_| report.with(|report| report.as_ref().map(way::Shown::of)));
    let others = Memo::new(move |_| report.with(|report| report.as_ref().map(others::Shown::of)));
    let messages = Memo::new(move |_| report.with(|report| report.as_ref().map(messages::Shown::of)));
    view! {
        {way::card(way)}
        {move || others.get().map(others::others)}
        {move || messages.get().map(messages::messages)}
        <section class="card">
            <h2>"What this means"</h2>
            <p>
                "Tabs tell each other what changed: a kind, a connection, a generation; never a token. Whoever hears of a "
                "change reads it in this browser's vault, which alone counts. A message that gets lost does no harm: before a "
                "tab renews a token, and when you come back to it, it reads the vault."
            </p>
            <p>
                "A shared worker is a small script that the browser keeps beside the tabs. It confirms what it passes on, and "
                "wakes a tab whose token is due, also one you can't see, whose own timers come once a minute. Where it fails, "
                "tabs go on by the next way, and try it again later."
            </p>
        </section>
    }
    .into_any()
}
