//! A renewal played once while the page has nothing to do, so that its program is compiled before callers wait for it.
//!
//! It is played for a connection nobody has: by the same functions as a real one, as far as these do nothing where there is nothing.

use std::rc::Rc;

use domain::api::token::ClientProof;
use domain::audit::Action;
use domain::calls::CallKind;
use domain::connection::Connection;
use domain::id::ConnectionId;
use domain::keeper::{Effect, Intent, News, rehearse};
use domain::secret::Secret;
use domain::token::StoredToken;
use gloo_timers::future::TimeoutFuture;
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::spawn_local;

use super::{Inner, Runtime, asking, calls};
use crate::{clock, http, js};

/// How long a browser that does not say when it is idle is given to open the page, in milliseconds.
const PATIENCE: u32 = 1_000;

/// What the played renewal is about.
struct Parts {
    connection: Connection,
    intent: Intent,
    token: StoredToken,
}

impl Inner {
    /// Plays a renewal as soon as the page is idle. Nothing is asked of our server, nothing is written, and nothing that goes wrong
    /// here matters.
    pub(super) fn rehearse_when_idle(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        spawn_local(async move {
            idle().await;
            let Some(inner) = weak.upgrade() else { return };
            // The lock is asked for under a name of this tab's own, so that no tab waits for another's play.
            let nobody = ConnectionId::new(["rehearsal:", inner.tab.as_str()].concat());
            if let Some(parts) = Parts::of(rehearse(clock::now()), &nobody) {
                inner.rehearse(&nobody, parts).await;
            }
        });
    }

    async fn rehearse(self: &Rc<Self>, nobody: &ConnectionId, Parts { connection, intent, token }: Parts) {
        let Ok(vault) = self.vault() else { return };
        rehearse_request(&connection, &intent).await;
        let runtime = Runtime { inner: SendWrapper::new(Rc::clone(self)) };
        // The keeper answers at once that there is no such connection, and gives the lock back.
        drop(runtime.token_after(nobody, 0).await);
        self.lock(nobody.clone());
        self.hear(News::Token { connection: nobody.clone(), generation: 1 });
        let lockless = Effect::WriteIntent(nobody.clone(), intent.clone());
        for effect in [Effect::ReadToken(nobody.clone()), lockless] {
            drop(self.perform(effect).await);
        }
        drop(self.proof(&connection).await);
        let told = self.about_connection(Action::TokenRefreshed, &connection);
        vault.rehearse(&connection, &intent, &token, &[told]).await;
    }
}

impl Parts {
    fn of(effects: Vec<Effect>, nobody: &ConnectionId) -> Option<Self> {
        let (mut asked, mut committed) = (None, None);
        for effect in effects {
            match effect {
                Effect::Ask { connection, intent } => asked = Some((connection, intent)),
                Effect::Commit { token, .. } => committed = Some(token),
                _ => {}
            }
        }
        let (connection, intent) = asked?;
        Some(Self { connection: Connection { id: nobody.clone(), ..connection }, intent, token: committed? })
    }
}

/// Makes the request for a token and reads an answer; neither is on its way.
async fn rehearse_request(connection: &Connection, intent: &Intent) {
    let proof = ClientProof::ClientSecretBasic { client_secret: Secret::default() };
    let Ok(mut call) = asking::token_call(connection, intent, proof) else { return };
    "/".clone_into(&mut call.path);
    let record = calls::begun(CallKind::Token, &call);
    let Some(reply) = http::rehearsed(&call, "{}").await else { return };
    drop(calls::ended(record, Some(&reply)));
    let exchange = http::Exchange::of(Some(reply));
    drop(exchange.answer.and_then(asking::token_of));
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
