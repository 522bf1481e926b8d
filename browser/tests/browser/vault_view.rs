//! What a tab shows of its vault.

use std::cell::RefCell;
use std::rc::Rc;

use browser::Runtime;
use domain::tenant::Opening;
use domain::vault::{Locked, VaultDeed, VaultView};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Server, Strange, fresh_tenant, opening};
use crate::vault_key::{passphrase, protected};

/// A tab with what it shows of the vault.
pub struct Tab {
    pub runtime: Runtime,
    pub view: Rc<RefCell<VaultView>>,
}

impl Tab {
    pub async fn open(opening: Opening) -> Self {
        let view = Rc::new(RefCell::new(VaultView::default()));
        let shown = Rc::clone(&view);
        let runtime = Runtime::start(|_| {}, |_| {});
        runtime.watch_vault(move |view| *shown.borrow_mut() = view);
        runtime.open(opening);
        let tab = Self { runtime, view };
        tab.until("the vault is open", |view| view.protection.is_some()).await;
        tab
    }

    pub async fn until(&self, what: &str, wanted: impl Fn(&VaultView) -> bool) {
        for _ in 0..1_000 {
            if wanted(&self.view.borrow()) {
                return;
            }
            TimeoutFuture::new(10).await;
        }
        panic!("{what}: never; the view is {:?}", self.view.borrow());
    }
}

#[wasm_bindgen_test]
async fn a_look_begun_before_the_vault_was_locked_shows_none_that_is_open() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let _unlocked = protected(&tenant, &passphrase(1).await).await;
    let tab = Tab::open(opening(&tenant)).await;
    tab.until("it has the key from the other tab", |view| view.locked.is_none()).await;
    let looks = Strange::late_look_at_keys(500);
    let window = web_sys::window().unwrap();
    window.dispatch_event(&web_sys::Event::new("focus").unwrap()).unwrap();
    while looks.count() == 0 {
        TimeoutFuture::new(5).await;
    }
    tab.runtime.guard(VaultDeed::Lock);
    tab.until("it is locked", |view| view.locked == Some(Locked::ByPerson)).await;
    TimeoutFuture::new(1_000).await;
    assert_eq!(tab.view.borrow().locked, Some(Locked::ByPerson));
}
