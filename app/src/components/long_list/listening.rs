use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use leptos::prelude::window;

/// Hears of all that may move a list on the page or change its size; ends when it is dropped.
pub(super) struct Listening {
    heard: Closure<dyn Fn()>,
    sizes: Option<web_sys::ResizeObserver>,
}

impl Listening {
    /// Calls `look` from now on.
    pub(super) fn to(list: &web_sys::Element, look: impl Fn() + 'static) -> Self {
        let heard = Closure::<dyn Fn()>::new(look);
        let function: &js_sys::Function = heard.as_ref().unchecked_ref();
        // On its way down, scrolling of any part of the page passes by the window. What can't be heard is not followed.
        let _ = window().add_event_listener_with_callback_and_bool("scroll", function, true);
        let _ = window().add_event_listener_with_callback("resize", function);
        let sizes = web_sys::ResizeObserver::new(function).ok();
        if let Some(sizes) = &sizes {
            sizes.observe(list);
        }
        Self { heard, sizes }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let function: &js_sys::Function = self.heard.as_ref().unchecked_ref();
        let _ = window().remove_event_listener_with_callback_and_bool("scroll", function, true);
        let _ = window().remove_event_listener_with_callback("resize", function);
        if let Some(sizes) = &self.sizes {
            sizes.disconnect();
        }
    }
}
