//! Identifiers: one type per thing, so that none is taken for another.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name(String);

        impl $name {
            /// Takes the text as the identifier.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Makes an identifier from 128 random bits: 32 lower-case hexadecimal digits.
            pub fn from_random(bits: u128) -> Self {
                Self(format!("{bits:032x}"))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// An upstream system an admin has allowed.
    ProviderId
);
identifier!(
    /// A named connection of one person, made in their browser.
    ConnectionId
);
identifier!(
    /// An isolation boundary: no token crosses it, and each has a vault database of its own.
    TenantId
);
identifier!(
    /// A person who can sign in.
    UserId
);
identifier!(
    /// One sign-in of one person, as shown in the session list (never the cookie's value).
    SessionId
);
identifier!(
    /// One open page of the app.
    TabId
);
identifier!(
    /// One attempt to obtain a token, however often it is repeated; it travels as `Idempotency-Key`.
    IntentId
);
identifier!(
    /// One HTTP request, as printed in logs and in every problem document.
    RequestId
);
identifier!(
    /// An organization whose pages embed the widget; it is public, and stands in their source as the site id.
    OrgId
);
identifier!(
    /// One conversation of a visitor of an organization's pages.
    ConversationId
);
identifier!(
    /// One report of a browser to the audit log: sent twice, it is one event.
    ReportId
);
identifier!(
    /// One alert: something in the audit log an admin should look at.
    AlertId
);
identifier!(
    /// One site token a person keeps; it stays when the token's text is replaced by a new one.
    SiteTokenId
);
identifier!(
    /// The half of a vault's key that the server keeps for one browser.
    HalfId
);
identifier!(
    /// One synced copy of a tenant on the server; it is another one after it was deleted and begun anew.
    SyncCopyId
);
identifier!(
    /// The key a synced copy's items are sealed under.
    SyncKeyId
);
identifier!(
    /// One item of a synced copy; it says nothing to the server.
    SyncItemId
);
