//! The few things asked of the page itself. None of them does anything on the server.

use std::cell::Cell;
use std::time::Duration;

use futures::channel::oneshot;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Loads another page from the server, so that it starts fresh with the session as it is now.
pub(crate) fn full_load(path: &str) {
    if is_browser() {
        // Nothing can be done about a navigation the browser refuses.
        let _ = location().assign(path);
    }
}

/// This page's path where any tenant has it, else that of a page all have: what stands there may be of the one before.
pub(crate) fn page_for_any_tenant() -> &'static str {
    let path = location().pathname().unwrap_or_default();
    EVERYWHERE.into_iter().find(|known| *known == path).unwrap_or("/")
}

/// Pages that begin alike in every tenant.
const EVERYWHERE: [&str; 4] = ["/connections", "/monitoring", "/settings", "/tenants"];

/// Loads this page anew.
pub(crate) fn reload() {
    if is_browser() {
        // Nothing can be done about a navigation the browser refuses.
        let _ = location().reload();
    }
}

/// Loads the sign-in page, to come back here afterwards.
pub(crate) fn leave_for_sign_in() {
    if !is_browser() {
        return;
    }
    let here = format!("{}{}", location().pathname().unwrap_or_default(), location().search().unwrap_or_default());
    full_load(&format!("/sign-in?next={}", crate::words::escape(&here)));
}

/// The value of `key=` in the fragment of the address: the key of a one-time link.
pub(crate) fn key_in_fragment() -> Option<String> {
    let hash = location().hash().ok()?;
    let key = hash.strip_prefix("#key=")?;
    (!key.is_empty()).then(|| key.to_owned())
}

/// Ends after some time.
pub(crate) async fn pause(time: Duration) {
    let (sender, over) = oneshot::channel::<()>();
    // Who no longer waits is not woken.
    set_timeout(move || sender.send(()).unwrap_or_default(), time);
    let _ = over.await;
}

/// Ends at once while the page is seen, else when it is seen again.
pub(crate) async fn until_visible() {
    while document().hidden() {
        let (sender, over) = oneshot::channel::<()>();
        let sender = Cell::new(Some(sender));
        let seen = window_event_listener_untyped("visibilitychange", move |_| {
            // Who no longer waits is not woken.
            sender.take().map(|sender| sender.send(())).transpose().unwrap_or_default();
        });
        let _ = over.await;
        seen.remove();
    }
}

/// Scheme, host and port of this page.
pub(crate) fn origin() -> String {
    location().origin().unwrap_or_default()
}

/// Moves the focus to the first element that matches, after the page was drawn.
pub(crate) fn focus_after_drawing(selector: &'static str) {
    request_animation_frame(move || {
        let found = document().query_selector(selector).ok().flatten();
        if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            _ = element.focus();
        }
    });
}

/// How many frames to look for a new heading: about ten seconds, as a page's code may still have to be loaded.
const FRAMES: u32 = 600;

/// Scrolls as little as shows an element, where not all of it is in sight.
pub(crate) fn bring_into_sight(element: &web_sys::Element) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Waits until the page shows a heading it did not show before, and moves the focus there if `focus` says so.
pub(crate) fn greet_heading(focus: bool) {
    look_for_heading(focus, FRAMES);
}

/// A heading that was greeted carries its text of then: the next page may be drawn into the same element.
fn look_for_heading(focus: bool, frames: u32) {
    request_animation_frame(move || {
        let heading = document().query_selector("#content h1").ok().flatten();
        let heading = heading.filter(|heading| heading.get_attribute("data-greeted") != heading.text_content());
        match heading.and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok()) {
            Some(heading) => {
                _ = heading.set_attribute("data-greeted", &heading.text_content().unwrap_or_default());
                if focus {
                    _ = heading.focus();
                }
            }
            None if frames > 0 => look_for_heading(focus, frames - 1),
            None => {}
        }
    });
}

/// Whether the browser offers what needs a secure context: Web Crypto, secure cookies, the clipboard.
pub(crate) fn is_secure_context() -> bool {
    window().is_secure_context()
}

/// Puts a text that is no secret of the vault on the clipboard; `done` hears whether it is there.
pub(crate) fn copy(text: &str, done: impl FnOnce(bool) + 'static) {
    if !is_secure_context() {
        return done(false);
    }
    let writing = window().navigator().clipboard().write_text(text);
    leptos::task::spawn_local(async move { done(wasm_bindgen_futures::JsFuture::from(writing).await.is_ok()) });
}

/// Lets the browser save a text as a file.
pub(crate) fn download(name: &str, text: &str) -> Option<()> {
    let parts = js_sys::Array::of1(&text.into());
    let blob = web_sys::Blob::new_with_str_sequence(&parts).ok()?;
    let url = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
    let link: web_sys::HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The browser reads it after this turn; a minute is more than it needs.
    set_timeout(move || drop(web_sys::Url::revoke_object_url(&url)), Duration::from_secs(60));
    Some(())
}

/// Reads a file a person chose or dropped; one larger than `most` bytes only as far as to show that it is.
pub(crate) fn read_file(file: &web_sys::File, most: usize, done: impl FnOnce(Option<Vec<u8>>) + 'static) {
    // A page can't choose a file by itself, and `slice` never reads beyond the end.
    #[allow(clippy::cast_precision_loss)]
    let Ok(start) = file.slice_with_f64_and_f64(0.0, (most + 1) as f64) else { return done(None) };
    leptos::task::spawn_local(async move {
        let bytes = wasm_bindgen_futures::JsFuture::from(start.array_buffer()).await.ok();
        done(bytes.map(|bytes| js_sys::Uint8Array::new(&bytes).to_vec()));
    });
}

/// Whether the browser lets this site notify a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MayNotify {
    /// It does.
    Granted,
    /// The person said no.
    Denied,
    /// The person was not asked yet.
    NotAsked,
    /// It has no notifications, or none for this site.
    Unsupported,
}

impl MayNotify {
    fn from(permission: web_sys::NotificationPermission) -> Self {
        match permission {
            web_sys::NotificationPermission::Granted => Self::Granted,
            web_sys::NotificationPermission::Denied => Self::Denied,
            _ => Self::NotAsked,
        }
    }
}

/// Whether this site may notify the person now.
pub(crate) fn may_notify() -> MayNotify {
    let there = is_browser() && js_sys::Reflect::has(&window(), &"Notification".into()).unwrap_or(false);
    if there { MayNotify::from(web_sys::Notification::permission()) } else { MayNotify::Unsupported }
}

/// Has the browser ask the person; to be called from a person's deed. `done` hears the answer.
pub(crate) fn ask_to_notify(done: impl FnOnce(MayNotify) + 'static) {
    if may_notify() != MayNotify::NotAsked {
        return done(may_notify());
    }
    let Ok(asking) = web_sys::Notification::request_permission() else { return done(MayNotify::Unsupported) };
    leptos::task::spawn_local(async move {
        let _ = wasm_bindgen_futures::JsFuture::from(asking).await;
        done(may_notify());
    });
}

/// Whether a dialog is open over the page.
pub(crate) fn is_dialog_open() -> bool {
    is_browser() && document().query_selector("dialog[open]").ok().flatten().is_some()
}
