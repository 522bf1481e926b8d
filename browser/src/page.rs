//! The page itself: whether it is seen, whether the network is there, and what wakes it.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget, PageTransitionEvent, VisibilityState, Window};

mod alarm;
mod ticking;

pub use alarm::Alarm;
pub use ticking::Ticking;

/// A handler of a browser event, taken away when it is dropped.
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    handler: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Hears events of that name.
    pub fn new(target: &EventTarget, name: &'static str, handler: impl FnMut(Event) + 'static) -> Self {
        let handler = Closure::new(handler);
        // It fails only for a handler that is no function.
        let _ = target.add_event_listener_with_callback(name, handler.as_ref().unchecked_ref());
        Self { target: target.clone(), name, handler }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.name, self.handler.as_ref().unchecked_ref());
    }
}

/// What happens to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageEvent {
    /// It is seen again, or has the focus: timers may have been late.
    Woke,
    /// It is hidden, frozen or left: it may never run again.
    Hidden,
    /// It is left, for good or for the back-forward cache; comes after `Hidden`.
    Left,
    /// It came back from the back-forward cache.
    Back,
    /// It was frozen, and runs again.
    Resumed,
    /// The browser says that the network came or went.
    Network {
        /// Whether it is there. `false` is certain, `true` is a hint.
        online: bool,
    },
}

/// Whether a person can see the page.
pub fn is_visible() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Whether the browser says the network is there.
pub fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// Whether the browser treats this page as safe from those between it and the server.
pub fn is_secure_context() -> bool {
    web_sys::window().is_some_and(|window| window.is_secure_context())
}

/// Hears everything that can happen to the page, until the answer is dropped.
pub fn listen(window: &Window, on_event: impl Fn(PageEvent) + Clone + 'static) -> Vec<Listener> {
    let hear = |name, event| {
        let on_event = on_event.clone();
        Listener::new(window, name, move |_| on_event(event))
    };
    let mut listeners = vec![
        hear("focus", PageEvent::Woke),
        hear("online", PageEvent::Network { online: true }),
        hear("offline", PageEvent::Network { online: false }),
    ];
    let on_hide = on_event.clone();
    listeners.push(Listener::new(window, "pagehide", move |_| {
        on_hide(PageEvent::Hidden);
        on_hide(PageEvent::Left);
    }));
    let on_show = on_event.clone();
    listeners.push(Listener::new(window, "pageshow", move |event| {
        if event.unchecked_ref::<PageTransitionEvent>().persisted() {
            on_show(PageEvent::Back);
        }
    }));
    if let Some(document) = window.document() {
        // The page lifecycle of Chromium; elsewhere a frozen page is only seen by its late timers.
        for (name, event) in [("freeze", PageEvent::Hidden), ("resume", PageEvent::Resumed)] {
            let on_event = on_event.clone();
            listeners.push(Listener::new(&document, name, move |_| on_event(event)));
        }
        listeners.push(Listener::new(&document, "visibilitychange", move |_| {
            on_event(if is_visible() { PageEvent::Woke } else { PageEvent::Hidden });
        }));
    }
    listeners
}
