use domain::time::{Timestamp, words};
use leptos::prelude::*;

use crate::Ports;
use crate::words::utc;

/// A moment in words, with the exact time on hover and for screen readers.
///
/// Until the clock is known (on the server and in the first render) it shows the exact time in UTC.
#[component]
pub(crate) fn Moment(
    /// When.
    at: Timestamp,
) -> AnyView {
    let now = expect_context::<Ports>().desk.now;
    let shown = now.clone();
    let words = move || shown.get().map_or_else(|| readable(at), |now| words::relative(at, now));
    let known = move || now.with(Option::is_some).then(|| exact(at));
    let spoken = known.clone();
    view! {
        <time datetime=utc(at) title=known>
            {words}
            <span class="hidden">{move || spoken().map(|exact| format!(" ({exact})"))}</span>
        </time>
    }
    .into_any()
}

/// The exact time in this browser's language and zone, which it names; in UTC on the server.
pub(crate) fn exact(at: Timestamp) -> String {
    if !is_browser() {
        return readable(at);
    }
    let options = js_sys::Object::new();
    for (key, value) in [
        ("year", "numeric"),
        ("month", "short"),
        ("day", "numeric"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("second", "2-digit"),
        ("timeZoneName", "short"),
    ] {
        // Setting a field of a fresh object can't fail.
        let _ = js_sys::Reflect::set(&options, &key.into(), &value.into());
    }
    #[allow(clippy::cast_precision_loss)]
    let date = js_sys::Date::new(&(at.millis() as f64).into());
    let text = date.to_locale_string("en-GB", &options);
    text.as_string().unwrap_or_else(|| readable(at))
}

fn readable(at: Timestamp) -> String {
    utc(at).replace('T', " ").replace('Z', " UTC")
}
