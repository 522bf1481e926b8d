//! A server for synced copies in place of `fetch`, and devices that sync by it.

use std::cell::RefCell;
use std::rc::Rc;

use base64::Engine;
use browser::passphrase::Deriver;
use browser::sync::{Line, Opened, Round, SyncKey, new_keyring, open_keyring, sync};
use browser::vault::sealing::subtle;
use browser::vault::{Touched, Vault};
use browser::{clock, http};
use domain::api::request;
use domain::api::sync::{BeginSync, NewSyncCopy, SyncCopy};
use domain::id::TenantId;
use domain::secret::Secret;
use domain::sync::{SyncState, SyncTrouble, digest};
use zeroize::Zeroizing;

use crate::rig::{Server, fresh_tenant};

pub const PASSPHRASE: &str = "canary passphrase of nine plain words";

/// A server that keeps copies as the real one does. `window.cut` makes it take the next push and lose the answer.
pub fn copies() -> Server {
    copies_beside("")
}

/// The same, beside other things that these lines answer.
pub fn copies_beside(others: &str) -> Server {
    Server::answering(&[others, COPIES].concat())
}

const COPIES: &str = "
         const all = (window.copies ??= {}), body = init.body ? JSON.parse(init.body) : null;
         if (!path.startsWith('/api/v1/sync/')) return [404, {}];
         const id = path.split('?')[0].split('/')[4], part = path.split('?')[0].split('/')[5];
         const problem = (status, code) => [status, { code, status, title: code, detail: code }];
         const facts = it => ({ id: it.id, key: it.key, keyring: it.keyring, sequence: it.sequence,
             items: Object.keys(it.items).length,
             bytes: Object.values(it.items).reduce((sum, item) => sum + item.sealed.length, 0) });
         const copy = all[id];
         if (init.method === 'POST' && part === 'copy') {
             if (copy) return problem(409, 'sync_copy_there');
             all[id] = { id: 'copy-' + count, key: body.key, keyring: body.keyring, sequence: 0, items: {} };
             return [200, facts(all[id])];
         }
         if (init.method === 'DELETE') { delete all[id]; return [204, null]; }
         if (init.method === 'GET') {
             if (!copy) return [200, { copy: null, items: [], through: 0, more: false }];
             const since = Number(path.split('since=')[1]);
             const after = Object.values(copy.items).filter(item => item.sequence > since);
             const items = after.sort((a, b) => a.sequence - b.sequence).slice(0, 1000);
             const through = items.length ? items[items.length - 1].sequence : since;
             return [200, { copy: facts(copy), items, through, more: items.length < after.length }];
         }
         if (!copy || copy.id !== body.copy) return problem(404, 'sync_copy_gone');
         if (copy.key !== body.key) return problem(409, 'sync_key_other');
         if (init.method === 'PUT') {
             if (copy.keyring !== body.replaces) return problem(409, 'sync_keyring_other');
             copy.keyring = body.keyring;
             return [200, facts(copy)];
         }
         const answers = body.items.map(({ id, replaces, generation, removed, sealed }) => {
             const stands = copy.items[id];
             if (stands && stands.generation === generation && stands.sealed === sealed) return 'taken';
             if (stands && stands.generation !== replaces) return { stands };
             copy.items[id] = { id, generation, removed, sealed, sequence: ++copy.sequence };
             return 'taken';
         });
         if (window.cut) { window.cut = false; throw new TypeError('cut off'); }
         return [200, { answers }];";

/// The answer to the next push is lost on its way.
pub fn cut() {
    js_sys::Reflect::set(&js_sys::global(), &"cut".into(), &true.into()).unwrap();
}

/// Something quick in place of Argon2id, which has tests of its own.
pub fn quick() -> Deriver {
    Deriver::by(|derivation, passphrase| async move {
        let salted = [passphrase.as_slice(), &derivation.salt].concat();
        Ok(Zeroizing::new(digest(&salted).to_vec()))
    })
}

/// A device: a vault of its own, and a part in the copy of a tenant.
pub struct Device {
    pub vault: Rc<Vault>,
    /// Where the vault lies, which is another place for each device.
    pub place: TenantId,
    pub tenant: TenantId,
    pub key: RefCell<Option<SyncKey>>,
    pub came: Rc<RefCell<Vec<Touched>>>,
}

impl Device {
    pub async fn new(tenant: &TenantId) -> Self {
        let place = fresh_tenant();
        let vault = Vault::open(&place, |_| panic!("IndexedDB failed"), |_| {}).await.unwrap();
        Self { vault, place, tenant: tenant.clone(), key: RefCell::default(), came: Rc::default() }
    }

    /// Two devices that take part in one copy.
    pub async fn two() -> (Self, Self) {
        let tenant = fresh_tenant();
        let (one, other) = (Self::new(&tenant).await, Self::new(&tenant).await);
        one.begin().await;
        other.join(PASSPHRASE).await.unwrap();
        (one, other)
    }

    pub async fn begin(&self) -> SyncCopy {
        let passphrase = Secret::new(PASSPHRASE);
        let (opened, keyring) = new_keyring(&subtle().unwrap(), &quick(), &self.tenant, &passphrase).await.unwrap();
        let new = NewSyncCopy { key: opened.key.id().clone(), keyring };
        let call = request(&BeginSync { id: self.tenant.clone() }, &new).unwrap();
        let copy: SyncCopy = serde_json::from_value(http::exchange(&call).await.answer.unwrap()).unwrap();
        self.take_part(&copy, opened).await;
        copy
    }

    pub async fn join(&self, passphrase: &str) -> Result<(), SyncTrouble> {
        let copy = Line::copy(&self.tenant).await?.ok_or(SyncTrouble::NoCopy)?;
        let passphrase = Secret::new(passphrase);
        let opened = open_keyring(&subtle().unwrap(), &quick(), &self.tenant, &copy, &passphrase).await?;
        self.take_part(&copy, opened).await;
        Ok(())
    }

    async fn take_part(&self, copy: &SyncCopy, opened: Opened) {
        let (id, key, root) = (copy.id.clone(), copy.key.clone(), opened.root);
        let state = SyncState { copy: id, key, root, cursor: 0, joined_at: clock::now(), last: None };
        self.vault.begin_sync(&state).await.unwrap();
        self.key.replace(Some(opened.key));
    }

    pub async fn sync(&self) -> Result<Round, SyncTrouble> {
        let key = self.key.borrow().clone().unwrap();
        let line = Line {
            vault: &self.vault,
            tenant: &self.tenant,
            key: &key,
            may_go_on: &|| true,
            on_work: &|_| {},
            on_touched: &|touched| self.came.borrow_mut().push(touched),
        };
        sync(&line).await
    }
}

/// Everything that went to the synced copies, with what looks like base64 decoded as well.
pub fn sent(server: &Server) -> String {
    let mut all = String::new();
    let is_sync = |request: &serde_json::Value| request["path"].as_str().unwrap().starts_with("/api/v1/sync/");
    for request in server.asked().into_iter().filter(is_sync) {
        let text = request.to_string();
        for part in text.split(|letter: char| !letter.is_ascii_alphanumeric() && !"+/=".contains(letter)) {
            let decoded = base64::engine::general_purpose::STANDARD.decode(part).unwrap_or_default();
            all.push_str(&String::from_utf8_lossy(&decoded));
        }
        all.push_str(&text);
    }
    all
}
