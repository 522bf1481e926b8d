//! A renewal played once while the page has nothing to do, so that its program is compiled before callers wait for it.

use std::rc::Rc;

use domain::keeper::{Effect, rehearse};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::Inner;
use super::effects::LOCK;
use crate::{clock, js, locks};

/// How long a browser that does not say when it is idle is given to open the page, in milliseconds.
const PATIENCE: u32 = 1_000;

impl Inner {
    /// Plays a renewal as soon as the page is idle: the keeper's part to nobody, the lock under a name of this tab's own, the
    /// vault's part without a record. Nothing is asked of our server, and nothing that goes wrong here matters.
    pub(super) fn rehearse_when_idle(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        spawn_local(async move {
            idle().await;
            let Some(inner) = weak.upgrade() else { return };
            let token = rehearse(clock::now()).into_iter().find_map(|effect| match effect {
                Effect::Commit { token, .. } => Some(token),
                _ => None,
            });
            let (Some(token), Ok(vault)) = (token, inner.vault()) else { return };
            let name = ["tokenkeep.rehearsal:", inner.tab.as_str()].concat();
            let lock = locks::acquire(&name, LOCK).await;
            vault.rehearse(&token).await;
            drop(lock);
        });
    }
}

async fn idle() {
    let Some(window) = web_sys::window() else { return };
    let mut is_told = false;
    let told = js::settled(&mut |resolve, _| is_told = window.request_idle_callback(&resolve).is_ok());
    if is_told {
        let _ = told.await;
    } else {
        TimeoutFuture::new(PATIENCE).await;
    }
}
