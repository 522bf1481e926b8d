use serde::{Deserialize, Serialize};

/// What kind of thing an [`Action`] is about; the log can be narrowed to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Group {
    /// Site tokens and worker tokens.
    Token,
    /// Tenants and the sites they allow.
    Tenant,
    /// What this browser keeps, and how it is locked.
    Vault,
    /// The copy on the server, sealed.
    Sync,
    /// Who comes in, and who does not.
    Access,
    /// What admins decide.
    Administration,
    /// The log itself.
    Audit,
}

impl Group {
    /// All of them, as the page lists them.
    pub const ALL: [Self; 7] =
        [Self::Token, Self::Tenant, Self::Vault, Self::Sync, Self::Access, Self::Administration, Self::Audit];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Tenant => "tenant",
            Self::Vault => "vault",
            Self::Sync => "sync",
            Self::Access => "access",
            Self::Administration => "administration",
            Self::Audit => "audit",
        }
    }

    /// The words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Token => "Tokens",
            Self::Tenant => "Tenants and sites",
            Self::Vault => "Vault",
            Self::Sync => "Sync",
            Self::Access => "Access",
            Self::Administration => "Administration",
            Self::Audit => "Audit log",
        }
    }

    /// The group with a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name() == name)
    }
}

/// Who may say that something happened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// The server, which does it.
    Server,
    /// A browser, because only it sees it; the server may say it too.
    Browser,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $words:literal, $group:ident, $by:ident;)*) => {
        /// What was done, or tried.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Action {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Action {
            /// All of them, as the page lists them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name on the wire and in exports, such as `token:added`. It stands in chained events, so it never changes.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The words for people.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }

            /// What kind of thing it is about.
            pub const fn group(self) -> Group {
                match self { $(Self::$name => Group::$group,)* }
            }

            /// Whether a browser may report it; all others are the server's own to say.
            pub const fn may_be_reported(self) -> bool {
                match self { $(Self::$name => matches!(By::$by, By::Browser),)* }
            }
        }
    };
}

actions! {
    /// A token was added: pasted for a site, or a worker token's connection.
    TokenAdded = "token:added", "Token added", Token, Browser;
    /// Its facts or its text were changed by a person.
    TokenUpdated = "token:updated", "Token changed", Token, Browser;
    /// It was deleted.
    TokenDeleted = "token:deleted", "Token deleted", Token, Browser;
    /// It was tested against its provider.
    TokenValidated = "token:validated", "Token tested", Token, Browser;
    /// A provider gave a new one for it.
    TokenRefreshed = "token:refreshed", "Token refreshed", Token, Browser;
    /// A tested new one took its place.
    TokenRotated = "token:rotated", "Token rotated", Token, Browser;
    /// It was found to have expired.
    TokenExpired = "token:expired", "Token expired", Token, Browser;
    /// An API refused it.
    TokenFailed = "token:failed", "Token refused by the API", Token, Browser;
    /// Tokens came from a file, or from an earlier app.
    TokenImported = "token:imported", "Tokens imported", Token, Browser;
    /// Tokens went into a file.
    TokenExported = "token:exported", "Tokens exported", Token, Browser;
    /// Its text was shown.
    TokenShown = "token:shown", "Token shown", Token, Browser;
    /// Its text was copied.
    TokenCopied = "token:copied", "Token copied", Token, Browser;
    /// A provider granted a worker token, or refused to.
    TokenGranted = "token:granted", "Worker token granted", Token, Server;
    /// A provider was asked to revoke a worker token.
    TokenRevoked = "token:revoked", "Worker token revoked", Token, Server;
    /// A site became the one chosen when no other is named.
    DefaultSet = "site:default_set", "Default site set", Tenant, Browser;
    /// A tenant was added.
    TenantAdded = "tenant:added", "Tenant added", Tenant, Server;
    /// A tenant's name or its sites were changed.
    TenantChanged = "tenant:changed", "Tenant changed", Tenant, Server;
    /// A tenant was removed.
    TenantRemoved = "tenant:removed", "Tenant removed", Tenant, Server;
    /// A tenant was chosen to work in.
    TenantChosen = "tenant:chosen", "Tenant chosen", Tenant, Browser;
    /// The vault got another level of protection.
    VaultLevelChanged = "vault:level_changed", "Vault protection changed", Vault, Browser;
    /// The vault's passphrase was changed.
    VaultPassphraseChanged = "vault:passphrase_changed", "Vault passphrase changed", Vault, Browser;
    /// The vault was locked.
    VaultLocked = "vault:locked", "Vault locked", Vault, Browser;
    /// The vault was unlocked, or somebody tried.
    VaultUnlocked = "vault:unlocked", "Vault unlocked", Vault, Browser;
    /// The server's half of a vault's key was made or changed.
    VaultHalfSet = "vault:half_set", "Server half of a vault key set", Vault, Server;
    /// The server gave its half of a vault's key to a session.
    VaultHalfReleased = "vault:half_released", "Server half of a vault key released", Vault, Server;
    /// The server destroyed its half of a vault's key.
    VaultHalfRemoved = "vault:half_removed", "Server half of a vault key destroyed", Vault, Server;
    /// All a browser kept was cleared.
    VaultCleared = "vault:cleared", "Everything cleared", Vault, Browser;
    /// Sync was switched on.
    SyncStarted = "sync:started", "Sync switched on", Sync, Browser;
    /// Sync was switched off.
    SyncStopped = "sync:stopped", "Sync switched off", Sync, Browser;
    /// Sealed records reached the server.
    SyncPushed = "sync:pushed", "Records synced", Sync, Server;
    /// Two devices had changed the same record.
    SyncConflict = "sync:conflict", "Sync conflict", Sync, Browser;
    /// The passphrase of the synced copy was changed.
    SyncPassphraseChanged = "sync:passphrase_changed", "Sync passphrase changed", Sync, Server;
    /// The synced copy was deleted.
    SyncDeleted = "sync:deleted", "Synced copy deleted", Sync, Server;
    /// A person signed in, or somebody tried.
    SessionOpened = "session:opened", "Signed in", Access, Server;
    /// A session was ended: signed out, or ended from elsewhere.
    SessionEnded = "session:ended", "Session ended", Access, Server;
    /// A person changed their password.
    PasswordChanged = "password:changed", "Password changed", Access, Server;
    /// A request was refused: its role, its tenant, its person or its session may not do this.
    Refused = "access:refused", "Request refused", Access, Server;
    /// An org token was refused.
    OrgTokenRefused = "org_token:refused", "Org token refused", Access, Server;
    /// A person was invited.
    UserInvited = "user:invited", "Person invited", Administration, Server;
    /// A person accepted an invitation, or set the server up.
    UserAdded = "user:added", "Person added", Administration, Server;
    /// A person's role was changed, or they were disabled or enabled.
    UserChanged = "user:changed", "Person changed", Administration, Server;
    /// A provider was allowed.
    ProviderAdded = "provider:added", "Provider added", Administration, Server;
    /// A provider was changed.
    ProviderChanged = "provider:changed", "Provider changed", Administration, Server;
    /// A provider was removed.
    ProviderRemoved = "provider:removed", "Provider removed", Administration, Server;
    /// An org key was made.
    OrgKeyAdded = "org_key:added", "Org key added", Administration, Server;
    /// An org key's facts were changed.
    OrgKeyChanged = "org_key:changed", "Org key changed", Administration, Server;
    /// An org key got a successor.
    OrgKeyRotated = "org_key:rotated", "Org key rotated", Administration, Server;
    /// An org key was revoked.
    OrgKeyRevoked = "org_key:revoked", "Org key revoked", Administration, Server;
    /// Another key signs org tokens.
    SigningKeyRotated = "signing_key:rotated", "Signing key rotated", Administration, Server;
    /// The server started.
    ServerStarted = "server:started", "Server started", Audit, Server;
    /// Events left the log as a file.
    AuditExported = "audit:exported", "Audit log exported", Audit, Server;
    /// Old events were removed by the rules of the settings.
    AuditTrimmed = "audit:trimmed", "Old events removed", Audit, Server;
    /// Events are chained under another key from here on.
    AuditKeyChanged = "audit:key_changed", "Audit key changed", Audit, Server;
    /// Something suspicious was found.
    AlertRaised = "alert:raised", "Alert raised", Audit, Server;
    /// An admin has seen an alert.
    AlertAcknowledged = "alert:acknowledged", "Alert acknowledged", Audit, Server;
}

impl Action {
    /// The action with a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contracts_eight_actions_have_the_contracts_names() {
        for name in ["added", "updated", "deleted", "validated", "refreshed", "expired", "failed", "rotated"] {
            let action = Action::named(&format!("token:{name}")).unwrap();
            assert!(action.group() == Group::Token && action.may_be_reported(), "{name}");
        }
    }

    #[test]
    fn no_two_actions_share_a_name_and_each_is_written_as_it_is_named() {
        for action in Action::ALL {
            assert_eq!(Action::ALL.iter().filter(|other| other.name() == action.name()).count(), 1, "{action:?}");
            assert_eq!(serde_json::to_string(action).unwrap(), format!("\"{}\"", action.name()));
        }
    }

    #[test]
    fn a_browser_can_t_report_what_the_server_does() {
        for action in [Action::SessionOpened, Action::UserChanged, Action::Refused, Action::AuditTrimmed] {
            assert!(!action.may_be_reported(), "{action:?}");
        }
    }
}
