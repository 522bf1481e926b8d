//! Code that is a file of its own, so that the first page a person opens does not carry all others.
//!
//! With the feature `split`, a function named in [`lazy!`] is cut out of the WASM with everything only it needs, and
//! loaded when it is first called. Without the feature (server, `trunk serve`, tests) it is called directly.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;
use leptos_router::ChooseView;

use crate::components::{Button, skeleton};
use crate::dom;

/// What a function that may still have to be loaded gives.
pub(crate) type Drawn = Result<AnyView, SplitLoaderError>;
type Later<T> = Pin<Box<dyn Future<Output = T>>>;

/// A page, or another part of one, whose code may still have to be loaded.
#[derive(Clone, Copy)]
pub(crate) struct Lazy {
    pub(crate) draw: fn() -> Later<Drawn>,
    pub(crate) load: fn() -> Later<Result<(), SplitLoaderError>>,
}

impl Lazy {
    /// Loads the code; gives whether it is there. What fails is tried again when it is next asked for.
    pub(crate) async fn load(self) -> bool {
        (self.load)().await.is_ok()
    }

    /// The view, and a skeleton while its code is loaded.
    pub(crate) fn when_loaded(self) -> AnyView {
        let loaded = RwSignal::new(false);
        spawn_local(async move {
            self.load().await;
            loaded.try_set(true);
        });
        let shown = move || if loaded.get() { self.now() } else { skeleton(5) };
        view! { {shown} }.into_any()
    }

    /// The view; its code must be there.
    pub(crate) fn now(self) -> AnyView {
        let drawing = pin!((self.draw)());
        match drawing.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(drawn) => drawn.unwrap_or_else(|_| missing()),
            Poll::Pending => missing(),
        }
    }
}

impl ChooseView for Lazy {
    async fn choose(self) -> AnyView {
        (self.draw)().await.unwrap_or_else(|_| missing())
    }

    async fn preload(&self) {}
}

/// What stands where the code could not be loaded.
pub(crate) fn missing() -> AnyView {
    view! {
        <div class="notice bad" role="alert">
            <div>
                <p class="strong">"This part of the page could not be loaded"</p>
                <p>"The server can't be reached, or was updated since this page was opened."</p>
                <Button label="Reload the page" on_press=move |()| dom::reload() />
            </div>
        </div>
    }
    .into_any()
}

/// `fn name = file, path::to::function;`: a function that gives the [`Lazy`] of a function without arguments that gives an
/// `AnyView`. Functions with the same `file` are loaded together.
///
/// They are no constants: what a constant refers to is compiled whether it is used or not, and the tests of the smallest
/// function would compile every page.
macro_rules! lazy {
    ($($(#[$words:meta])* $seen:vis fn $name:ident = $file:ident, $($path:ident)::+;)+) => {$(
        $(#[$words])*
        $seen fn $name() -> $crate::lazy::Lazy {
            $crate::lazy::cut!($file, $($path)::+)
        }
    )+};
}

/// The [`Lazy`] of one function. Each is an expansion of its own, because the cut names what it cuts by it.
macro_rules! cut {
    ($file:ident, $($path:ident)::+) => {{
        #[cfg(feature = "split")]
        #[leptos::wasm_split::wasm_split($file, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
        fn draw() -> $crate::lazy::Drawn {
            Ok($($path)::+())
        }
        #[cfg(not(feature = "split"))]
        async fn draw() -> $crate::lazy::Drawn {
            Ok($($path)::+())
        }
        #[cfg(not(feature = "split"))]
        async fn load() -> Result<(), leptos::wasm_split::SplitLoaderError> {
            Ok(())
        }
        $crate::lazy::Lazy { draw: || Box::pin(draw()), load: || Box::pin(load()) }
    }};
}
pub(crate) use {cut, lazy};
