use crate::secret::Secret;
use crate::settings::WorkerTokenSettings;

/// The IndexedDB database of the older app.
pub const DATABASE: &str = "oauth_playground_unified";
/// Its only store.
pub const RECORDS: &str = "unified_worker_tokens";

/// Where in the browser something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// localStorage.
    Local,
    /// sessionStorage.
    Session,
    /// The store [`RECORDS`] of the database [`DATABASE`]; the key is the record's id, the text its JSON.
    Database,
}

/// One text as it stands in the browser. It may hold a secret, so it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where.
    pub area: Area,
    /// Under which key.
    pub key: String,
    /// What.
    pub text: Secret,
}

/// Settings of the older app; those of worker tokens are a part of them.
const SETTINGS: &str = "pingone_mfa_configuration_v8";

/// How worker tokens behaved in the older app, where a person had set that otherwise than it is by default. The text stays
/// where it is: it holds no secret, and more than is taken over.
pub fn settings(items: &[Item]) -> Option<WorkerTokenSettings> {
    let item = items.iter().find(|item| item.area == Area::Local && item.key == SETTINGS)?;
    let found = crate::settings::read(item.text.expose(), WorkerTokenSettings::default()).ok()?;
    (found != WorkerTokenSettings::default()).then_some(found)
}

impl Item {
    /// Whether the older app put it there.
    pub fn is_legacy(&self) -> bool {
        Kind::of(self.area, &self.key) != Kind::Foreign
    }
}

/// What the older app kept under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A worker client, its token, or both; a few keys held a bare token text instead.
    Worker,
    /// When the audit page's own copy of the token ends, in milliseconds.
    Expiry,
    /// Settings of an app as a whole: its client may be of another purpose.
    Shared,
    /// The environment id used where a record names none.
    Environment,
    /// A trail without anything to take over: lists of tokens and calls seen, the user last looked up.
    Trail,
    /// A copy of all of localStorage, and when it was made.
    Backup,
    /// Nothing of ours.
    Foreign,
}

/// The audit page's private copy of the token.
pub(super) const AUDIT_TOKEN: &str = "worker_token_audit";
const BACKUP: &str = "credential_backup_";

impl Kind {
    /// What a key of that area held.
    pub fn of(area: Area, key: &str) -> Self {
        match (area, key) {
            (Area::Database, _) => Self::Worker,
            (Area::Session, "tokenManagementFlowContext") => Self::Shared,
            (Area::Session, _) => Self::Foreign,
            (Area::Local, key) => Self::in_local_storage(key),
        }
    }

    fn in_local_storage(key: &str) -> Self {
        match key {
            "unified_worker_token"
            | "unified_worker_token_credentials"
            | "v8:worker_token"
            | "pingone_worker_token_credentials"
            | "worker_token"
            | "worker_credentials"
            | "worker_credentials_v8"
            | "flow_credentials_worker-token-credentials"
            | "flow_credentials_worker-access-token"
            | AUDIT_TOKEN => Self::Worker,
            "worker_token_audit_expires_at" => Self::Expiry,
            "pingone_credentials" => Self::Shared,
            "v8:global_environment_id" => Self::Environment,
            "pingone_user_identifier" | "v8u.tokenMonitoring.tokens" | "v8u.tokenMonitoring.apiCalls" => Self::Trail,
            _ if backup_time(key).is_some() => Self::Backup,
            _ => Self::Foreign,
        }
    }
}

/// When a backup was made, in milliseconds, as its key says.
pub(super) fn backup_time(key: &str) -> Option<i64> {
    let digits = key.strip_prefix(BACKUP)?;
    let plain = digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}
