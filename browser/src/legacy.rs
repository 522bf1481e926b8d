//! Taking over what an older app left in this browser: read, written encrypted, read back, and only then removed.
//!
//! What is taken and what may go is decided in [`domain::legacy`]. Here it is made sure that nothing is lost on the way:
//! everything is in IndexedDB and was read back through a vault opened anew before the first old key is touched. A tab
//! that is closed in between leaves either the old data or both; the next run finds the connection and only tidies up.

use domain::audit::Report;
use domain::connection::Connection;
use domain::id::{ConnectionId, IntentId, TenantId};
use domain::keeper::NoticeKind;
use domain::legacy::{Adoption, Held, Item, Plan, plan, said, settings};
use domain::provider::Provider;
use domain::settings::WorkerTokenSettings;
use domain::vault::{StorageLevel, StoreError};

use crate::clock;
use crate::locks::{self, Bounds};
use crate::vault::{UsableCredential, Vault};

mod database;
pub mod leftovers;
pub mod sites;
mod stores;

/// One tab does it; another that comes at the same time waits, and then finds nothing left to do.
const LOCK: &str = "tokenkeep:legacy";
const BOUNDS: Bounds = Bounds { wait: 60_000, hold: 55_000 };

/// What the audit log is told of a connection that was taken over.
pub type Tell<'a> = &'a dyn Fn(&Connection) -> Report;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Connections that were written.
    pub written: Vec<ConnectionId>,
    /// How worker tokens are to behave, where a person had set that there and not yet here.
    pub settings: Option<WorkerTokenSettings>,
    /// What the person is to hear.
    pub lines: Vec<(NoticeKind, String)>,
}

/// Takes over what there is. `providers` is asked only when something was found; without an answer everything stays for
/// the next time. What `tell` says of a connection for the audit log is written with it.
pub async fn take_over(
    tenant: &TenantId,
    vault: &Vault,
    providers: impl AsyncFnOnce() -> Option<Vec<Provider>>,
    tell: Tell<'_>,
) -> Outcome {
    let items = found().await;
    let mut outcome = Outcome { settings: not_set_here(vault, &items).await, ..Outcome::default() };
    if outcome.settings.is_some() {
        outcome.lines.push((NoticeKind::Done, "The older app's worker-token settings hold here now.".to_owned()));
    }
    if !is_there(&items) {
        return outcome;
    }
    let Some(providers) = providers().await else { return outcome };
    let Ok(_lock) = locks::acquire(LOCK, BOUNDS).await else { return outcome };
    take_over_clients(tenant, vault, &providers, tell, &mut outcome).await;
    outcome.lines = in_one_line(outcome.lines);
    outcome
}

/// What was done, in one line; what stays, in its own.
fn in_one_line(lines: Vec<(NoticeKind, String)>) -> Vec<(NoticeKind, String)> {
    let (done, mut lines): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(kind, _)| *kind == NoticeKind::Done);
    let done: Vec<String> = done.into_iter().map(|(_, text)| text).collect();
    if !done.is_empty() {
        lines.insert(0, (NoticeKind::Done, done.join(" ")));
    }
    lines
}

/// The older settings, while nothing was set here.
async fn not_set_here(vault: &Vault, items: &[Item]) -> Option<WorkerTokenSettings> {
    let found = settings(items)?;
    vault.settings().await.is_ok_and(|set| set.is_none()).then_some(found)
}

/// What is done under the lock, with what is there by then.
async fn take_over_clients(
    tenant: &TenantId,
    vault: &Vault,
    providers: &[Provider],
    tell: Tell<'_>,
    outcome: &mut Outcome,
) {
    let items = found().await;
    if !is_there(&items) {
        return;
    }
    if in_database(vault).is_err() {
        // Opening it anew would find another rung.
        outcome.lines.push((NoticeKind::Info, NOT_KEPT.to_owned()));
        return only_news(vault, &mut outcome.lines).await;
    }
    let Ok(held) = held(tenant).await else { return };
    let plan = plan(&items, providers, &held, clock::moment());
    let done = match write(vault, &plan, tell, &mut outcome.written).await {
        Ok(()) => is_kept(tenant, &plan).await,
        Err(StoreError::SignedOut { .. }) => return,
        Err(_) => false,
    };
    if done {
        for index in &plan.removable {
            remove(&items[*index]).await;
        }
    }
    outcome.lines.extend(said(&plan, done));
    if !done {
        outcome.lines.push((NoticeKind::Info, NOT_KEPT.to_owned()));
    }
    only_news(vault, &mut outcome.lines).await;
}

const NOT_KEPT: &str = "An older app's connections could not be kept in this browser's vault, so they stay where they are. Free some \
                        space in the browser's settings, then reload the page.";

/// Everything in localStorage and sessionStorage but our own, and the records of the older database.
async fn found() -> Vec<Item> {
    let mut items = stores::items();
    items.extend(database::records().await);
    items
}

/// Whether any of it is the older app's.
fn is_there(items: &[Item]) -> bool {
    items.iter().any(Item::is_legacy)
}

/// The connections in the vault with their client secrets, as a vault opened anew finds them.
async fn held(tenant: &TenantId) -> Result<Vec<Held>, StoreError> {
    let vault = Vault::open(tenant, |_| {}, |_| {}).await?;
    let mut held = Vec::new();
    for one in vault.contents().await?.held {
        let secret = match vault.credential(&one.connection.id).await? {
            Some(UsableCredential::ClientSecret(secret)) => Some(secret),
            Some(UsableCredential::PrivateKey(_)) | None => None,
        };
        held.push(Held { connection: one.connection, secret });
    }
    Ok(held)
}

/// Writes what is new. It must lie in IndexedDB: what only this session or this tab keeps is not taken over.
async fn write(vault: &Vault, plan: &Plan, tell: Tell<'_>, written: &mut Vec<ConnectionId>) -> Result<(), StoreError> {
    for Adoption { connection, credential, token, .. } in plan.adopted.iter().filter(|it| it.is_new) {
        in_database(vault)?;
        vault.write_connection(connection, Some(credential), &[tell(connection)]).await?;
        written.push(connection.id.clone());
        if let Some(token) = token {
            vault.commit(&connection.id, token, vault.epoch().await?, &IntentId::new(""), &[]).await?;
        }
    }
    in_database(vault)
}

fn in_database(vault: &Vault) -> Result<(), StoreError> {
    match vault.level() {
        StorageLevel::IndexedDb => Ok(()),
        _ => Err(StoreError::Unavailable("not the database".to_owned())),
    }
}

/// Whether a vault opened anew has every connection with its secret as it was found.
async fn is_kept(tenant: &TenantId, plan: &Plan) -> bool {
    let Ok(held) = held(tenant).await else { return false };
    plan.adopted.iter().all(|adoption| {
        held.iter().any(|held| {
            let secret = held.secret.clone().map(domain::connection::Credential::ClientSecret);
            held.connection == adoption.connection && secret.as_ref() == Some(&adoption.credential)
        })
    })
}

async fn remove(item: &Item) {
    match item.area {
        domain::legacy::Area::Database => database::remove(item).await,
        area => stores::remove(area, item),
    }
}

/// What stays the same is said once, not each time the page is opened.
async fn only_news(vault: &Vault, lines: &mut Vec<(NoticeKind, String)>) {
    let standing: Vec<&str> =
        lines.iter().filter(|(kind, _)| *kind != NoticeKind::Done).map(|(_, text)| text.as_str()).collect();
    let standing = standing.join("\n");
    let before = vault.legacy_said().await.ok().flatten().unwrap_or_default();
    if before == standing {
        lines.retain(|(kind, _)| *kind == NoticeKind::Done);
    } else {
        // Where nothing can be written it is said again, which does no harm.
        let _ = vault.write_legacy_said(&standing).await;
    }
}
