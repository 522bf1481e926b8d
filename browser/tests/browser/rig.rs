//! Values for tests, a look at what really lies in the browser, and ways to break its storage.

use domain::connection::{Connection, Credential};
use domain::id::{ConnectionId, IntentId, ProviderId, TabId, TenantId, UserId};
use domain::keeper::Intent;
use domain::provider::{ClientAuthentication, Place};
use domain::secret::Secret;
use domain::tenant::Opening;
use domain::time::{Span, Timestamp};
use domain::token::{StoredToken, TokenFacts};
use domain::vault::database_name;
use js_sys::{Array, Function, JSON, Object, Reflect, Uint8Array};
use rexie::{Rexie, TransactionMode};
use wasm_bindgen::{JsCast, JsValue};

/// Texts that must not be found anywhere.
pub const SECRET: &str = "canary-client-secret-0123456789";
pub const TOKEN: &str = "canary-access-token-0123456789";

/// A tenant nobody has used before.
pub fn fresh_tenant() -> TenantId {
    TenantId::from_random(browser::clock::random())
}

/// A person's own tenant, to be opened.
pub fn opening(tenant: &TenantId) -> Opening {
    Opening::own(UserId::new("u"), tenant)
}

pub fn id() -> ConnectionId {
    ConnectionId::new("c1")
}

pub fn connection(keep_credential: bool) -> Connection {
    Connection {
        id: id(),
        name: "Canary connection name".to_owned(),
        provider: ProviderId::new("p"),
        place: Place::default(),
        client_id: "client".to_owned(),
        scopes: Vec::new(),
        authentication: ClientAuthentication::ClientSecretBasic,
        keep_credential,
        created_at: Timestamp::from_seconds(1),
        removed_at: None,
    }
}

pub fn secret() -> Credential {
    Credential::ClientSecret(Secret::new(SECRET))
}

pub fn token(generation: u64) -> StoredToken {
    let facts = TokenFacts {
        generation,
        token_type: "Bearer".to_owned(),
        scope: None,
        received_at: Timestamp::from_seconds(10),
        expires_at: Timestamp::from_seconds(70),
        renew_at: Timestamp::from_seconds(40),
        floor: Span::from_seconds(15),
        lifetime_known: true,
        host: "auth.example.com".to_owned(),
        took: Span::from_millis(5),
        tries: 1,
        shared: domain::token::Shared::default(),
    };
    StoredToken { access_token: Secret::new(TOKEN), facts }
}

pub fn intent(epoch: u64) -> Intent {
    Intent {
        id: IntentId::new("i1"),
        generation: 1,
        epoch,
        tab: TabId::new("tab"),
        started_at: Timestamp::from_seconds(9),
        attempt: 1,
        failure: None,
        shared: domain::token::Shared::default(),
    }
}

/// Every byte of the tenant's IndexedDB, as text: keys, numbers, and byte arrays as characters.
pub async fn indexed_db_dump(tenant: &TenantId) -> String {
    let database = Rexie::builder(&database_name(tenant)).build().await.unwrap();
    let mut dump = String::new();
    for name in database.store_names() {
        let transaction = database.transaction(&[&name], TransactionMode::ReadOnly).unwrap();
        for (key, value) in transaction.store(&name).unwrap().scan(None, None, None, None).await.unwrap() {
            dump.push_str(&[&name, "/", &key.as_string().unwrap(), " "].concat());
            for field in js_sys::Object::values(value.unchecked_ref::<Object>()).iter() {
                match field.dyn_ref::<Uint8Array>() {
                    Some(bytes) => dump.push_str(&String::from_utf8_lossy(&bytes.to_vec())),
                    None => dump.push_str(&format!("{field:?}")),
                }
            }
            dump.push('\n');
        }
    }
    database.close();
    dump
}

/// Everything in localStorage, with what looks like base64 decoded as well.
pub fn local_storage_dump() -> String {
    use base64::Engine;
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    let mut dump = String::new();
    for index in 0..storage.length().unwrap() {
        let key = storage.key(index).unwrap().unwrap();
        let value = storage.get_item(&key).unwrap().unwrap();
        for part in value.split('.') {
            let decoded = base64::engine::general_purpose::STANDARD.decode(part).unwrap_or_default();
            dump.push_str(&String::from_utf8_lossy(&decoded));
        }
        dump.push_str(&[&key, " ", &value, "\n"].concat());
    }
    dump
}

/// Something of the browser that is broken until this is dropped.
pub struct Broken(Function);

impl Broken {
    fn by(script: &str) -> Self {
        let repair = Function::new_no_args(script).call0(&JsValue::NULL).unwrap();
        Self(repair.unchecked_into())
    }

    /// IndexedDB can't be opened, as in some private modes.
    pub fn indexed_db() -> Self {
        Self::by(
            "const open = IDBFactory.prototype.open;
             IDBFactory.prototype.open = () => { throw new DOMException('blocked', 'SecurityError'); };
             return () => { IDBFactory.prototype.open = open; };",
        )
    }

    /// Open connections to IndexedDB fail at every transaction, and no new one can be opened.
    pub fn indexed_db_in_use() -> Self {
        Self::by(
            "const open = IDBFactory.prototype.open, transaction = IDBDatabase.prototype.transaction;
             IDBFactory.prototype.open = () => { throw new DOMException('lost', 'UnknownError'); };
             IDBDatabase.prototype.transaction = () => { throw new DOMException('lost', 'InvalidStateError'); };
             return () => {
                 IDBFactory.prototype.open = open;
                 IDBDatabase.prototype.transaction = transaction;
             };",
        )
    }

    /// The next transactions on an open connection fail, as on one the browser has closed.
    pub fn next_transactions(count: u32) -> Self {
        let script = "let left = COUNT;
             const transaction = IDBDatabase.prototype.transaction;
             IDBDatabase.prototype.transaction = function (...args) {
                 if (left-- > 0) throw new DOMException('closing', 'InvalidStateError');
                 return transaction.apply(this, args);
             };
             return () => { IDBDatabase.prototype.transaction = transaction; };";
        Self::by(&script.replace("COUNT", &count.to_string()))
    }

    /// IndexedDB has no room left.
    pub fn indexed_db_quota() -> Self {
        Self::by(
            "const put = IDBObjectStore.prototype.put;
             IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };
             return () => { IDBObjectStore.prototype.put = put; };",
        )
    }

    /// Nothing is removed from localStorage, as when the tab was closed before.
    pub fn removal() -> Self {
        Self::by(
            "const remove = Storage.prototype.removeItem;
             Storage.prototype.removeItem = () => {};
             return () => { Storage.prototype.removeItem = remove; };",
        )
    }

    /// Databases are deleted only after a while, as when a tab of another kind holds them.
    pub fn deletion() -> Self {
        Self::by(
            "const remove = IDBFactory.prototype.deleteDatabase;
             let left = 2;
             IDBFactory.prototype.deleteDatabase = function (...args) {
                 if (left-- > 0) throw new DOMException('busy', 'UnknownError');
                 return remove.apply(this, args);
             };
             return () => { IDBFactory.prototype.deleteDatabase = remove; };",
        )
    }

    /// localStorage has no room left.
    pub fn local_storage_quota() -> Self {
        Self::by(
            "const set = Storage.prototype.setItem;
             Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
             return () => { Storage.prototype.setItem = set; };",
        )
    }
}

impl Drop for Broken {
    fn drop(&mut self) {
        let _ = self.0.apply(&JsValue::NULL, &Array::new());
    }
}

/// Something of the browser that goes otherwise than usual until this is dropped.
pub struct Strange(Function);

impl Strange {
    fn by(script: &str) -> Self {
        Self(Function::new_no_args(script).call0(&JsValue::NULL).unwrap().unchecked_into())
    }

    /// The clock is ahead.
    pub fn clock_ahead_by(millis: f64) -> Self {
        let script = "const now = Date.now;
             Date.now = () => now.call(Date) + MILLIS;
             return () => { Date.now = now; };";
        Self::by(&script.replace("MILLIS", &millis.to_string()))
    }

    /// Timers that are set now never fire.
    pub fn timers() -> Self {
        Self::by(
            "const set = window.setTimeout;
             window.setTimeout = () => 0;
             return () => { window.setTimeout = set; };",
        )
    }

    /// What the browser has under these names is not there.
    pub fn without(names: &[&str]) -> Self {
        let script = "const before = NAMES.map(name => [name, Object.getOwnPropertyDescriptor(window, name)]);
             for (const [name] of before) Object.defineProperty(window, name, { value: undefined, configurable: true });
             return () => { for (const [name, it] of before) Object.defineProperty(window, name, it); };";
        Self::by(&script.replace("NAMES", &format!("{names:?}")))
    }

    /// Shared workers as the browser makes them. The test runner's own takes each connection for a worker of its own, to
    /// read what it prints.
    pub fn real_shared_workers() -> Self {
        Self::by(
            "const before = window.SharedWorker;
             window.SharedWorker = before.prototype.constructor;
             return () => { window.SharedWorker = before; };",
        )
    }

    /// What this page writes to localStorage is told to it, as if another page had written it.
    pub fn storage_events_in_this_page() -> Self {
        Self::by(
            "const set = Storage.prototype.setItem;
             Storage.prototype.setItem = function (key, newValue) {
                 set.call(this, key, newValue);
                 setTimeout(() => dispatchEvent(new StorageEvent('storage', { key, newValue: String(newValue) })));
             };
             return () => { Storage.prototype.setItem = set; };",
        )
    }

    /// The database that is opened next is deleted before this page opens any for the second time.
    pub fn deletion_between_two_openings() -> Self {
        Self::by(
            "const open = IDBFactory.prototype.open;
             let opened = 0;
             IDBFactory.prototype.open = function (...args) {
                 opened += 1;
                 if (opened === 2) this.deleteDatabase(args[0]);
                 return open.apply(this, args);
             };
             return () => { IDBFactory.prototype.open = open; };",
        )
    }

    /// Removals from localStorage are heard in this page as in other ones.
    pub fn storage_removals_in_this_page() -> Self {
        Self::by(
            "const remove = Storage.prototype.removeItem;
             Storage.prototype.removeItem = function (key) {
                 remove.call(this, key);
                 setTimeout(() => dispatchEvent(new StorageEvent('storage', { key, newValue: null })));
             };
             return () => { Storage.prototype.removeItem = remove; };",
        )
    }

    /// The browser says that there is no network, until it is repaired.
    pub fn no_network() -> Self {
        Self::by(
            "Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false });
             dispatchEvent(new Event('offline'));
             return () => { delete navigator.onLine; dispatchEvent(new Event('online')); };",
        )
    }

    /// Nobody can see the page; no event says so.
    pub fn hidden_page() -> Self {
        Self::by(
            "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
             return () => { delete document.visibilityState; };",
        )
    }

    /// The databases this page closes are counted.
    pub fn counting_closed_databases() -> Self {
        Self::by(
            "const close = IDBDatabase.prototype.close;
             let count = 0;
             IDBDatabase.prototype.close = function () { count += 1; close.call(this); };
             return ask => {
                 if (!ask) IDBDatabase.prototype.close = close;
                 return count;
             };",
        )
    }

    /// The first so many requests to open a database get no answer.
    pub fn silent_openings(count: u32) -> Self {
        let script = "let left = COUNT;
             const open = IDBFactory.prototype.open;
             IDBFactory.prototype.open = function (...args) {
                 return left-- > 0 ? new EventTarget() : open.apply(this, args);
             };
             return () => { IDBFactory.prototype.open = open; };";
        Self::by(&script.replace("COUNT", &count.to_string()))
    }

    /// Write transactions in the tenant's database are counted: in others a test before this one may still write.
    pub fn counting_transactions(tenant: &TenantId) -> Self {
        let script = "const transaction = IDBDatabase.prototype.transaction;
             let count = 0;
             IDBDatabase.prototype.transaction = function (...args) {
                 if (this.name === 'NAME' && args[1] === 'readwrite') count += 1;
                 return transaction.apply(this, args);
             };
             return ask => {
                 if (!ask) IDBDatabase.prototype.transaction = transaction;
                 return count;
             };";
        Self::by(&script.replace("NAME", &database_name(tenant)))
    }

    /// What the next look at all of the key store found is heard this many milliseconds late; such looks are counted.
    pub fn late_look_at_keys(millis: u32) -> Self {
        let script = "const all = IDBObjectStore.prototype.getAllKeys;
             let count = 0;
             IDBObjectStore.prototype.getAllKeys = function (...args) {
                 const request = all.apply(this, args);
                 if (this.name === 'keys' && (count += 1) === 1) {
                     Object.defineProperty(request, 'onsuccess', {
                         set: hear => request.addEventListener('success', event => setTimeout(() => hear(event), MILLIS)),
                     });
                 }
                 return request;
             };
             return asked => {
                 if (!asked) IDBObjectStore.prototype.getAllKeys = all;
                 return count;
             };";
        Self::by(&script.replace("MILLIS", &millis.to_string()))
    }

    /// What was counted so far.
    pub fn count(&self) -> u32 {
        let count = self.0.call1(&JsValue::NULL, &JsValue::TRUE).unwrap().as_f64().unwrap();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let count = count as u32;
        count
    }
}

impl Drop for Strange {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::NULL);
    }
}

/// A server in place of `fetch`, until it is dropped: it counts requests, and answers each key with a token of its own.
pub struct Server(JsValue);

impl Server {
    /// `answer` is the body of a function of the request's number that gives `[status, json or text, more headers]`.
    pub fn answering(answer: &str) -> Self {
        let script = "const real = window.fetch, asked = [], reported = [], told = [], refused = [], taking = { status: 200 };
             window.fetch = async (path, init) => {
                 init.signal?.throwIfAborted();
                 if (path === '/api/v1/audit/reports') {
                     if (taking.status !== 200) {
                         refused.push(...JSON.parse(init.body).reports);
                         return new Response('{}', { status: taking.status });
                     }
                     const { reports } = JSON.parse(init.body);
                     if (reports.length > 50) return new Response('{}', { status: 422 });
                     reported.push(...reports);
                     return new Response('{\"taken\":1}', { status: 200 });
                 }
                 if (path.endsWith('/token-counts')) {
                     told.push({ path, method: init.method, body: init.body });
                     return new Response('', { status: 200 });
                 }
                 asked.push({ path, method: init.method, body: init.body, headers: Object.fromEntries(init.headers) });
                 const [status, body, more] = (count => { ANSWER })(asked.length);
                 await new Promise(done => setTimeout(done, 60));
                 const headers = { 'date': new Date().toUTCString(), ...more };
                 return new Response(body && typeof body === 'object' ? JSON.stringify(body) : body, { status, headers });
             };
             return { asked, reported, told, refused, taking, repair: () => { window.fetch = real; } };";
        Self(Function::new_no_args(&script.replace("ANSWER", answer)).call0(&JsValue::NULL).unwrap())
    }

    pub fn with_tokens() -> Self {
        Self::answering(&format!(
            "return [200, {{ access_token: '{TOKEN}-' + count, token_type: 'Bearer', expires_in: 3600,
                 received_at: Date.now(), host: 'auth.example.com', took_ms: 60, tries: 1 }}];"
        ))
    }

    /// How many tokens were asked for. Pages of other tests, which wake with this one, may ask for other things.
    pub fn tokens_asked(&self) -> usize {
        self.asked().iter().filter(|asked| asked["path"] == "/api/v1/token").count()
    }

    /// All requests so far, as JSON, but for those that bring reports or counts.
    pub fn asked(&self) -> Vec<serde_json::Value> {
        self.read("asked")
    }

    /// All that was reported to the audit log so far.
    pub fn reported(&self) -> Vec<serde_json::Value> {
        self.read("reported")
    }

    /// From now on reports to the audit log are answered with this status; they are taken with 200.
    pub fn answers_reports_with(&self, status: u16) {
        let taking = Reflect::get(&self.0, &"taking".into()).unwrap();
        Reflect::set(&taking, &"status".into(), &status.into()).unwrap();
    }

    /// All reports that were not taken so far.
    pub fn refused_reports(&self) -> Vec<serde_json::Value> {
        self.read("refused")
    }

    /// All that was told of how many site tokens there are.
    pub fn told(&self) -> Vec<serde_json::Value> {
        self.read("told")
    }

    fn read(&self, name: &str) -> Vec<serde_json::Value> {
        let list = Reflect::get(&self.0, &name.into()).unwrap();
        serde_json::from_str(&JSON::stringify(&list).unwrap().as_string().unwrap()).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let repair: Function = Reflect::get(&self.0, &"repair".into()).unwrap().unchecked_into();
        let _ = repair.call0(&JsValue::NULL);
    }
}
