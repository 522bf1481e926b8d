//! What went wrong, as a problem document (RFC 9457) with a stable code.

use serde::{Deserialize, Serialize};

/// A problem document: `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The kind of problem; stable, for programs.
    pub code: Code,
    /// The HTTP status it travels with.
    pub status: u16,
    /// What happened, in a few words.
    pub title: String,
    /// What it means and what to do next, for a person.
    pub detail: String,
    /// What the provider said, when it was the provider that refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<UpstreamError>,
    /// Seconds to wait before trying again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// What is wrong with single fields of the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The request's id, to find it in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field, as a JSON pointer's last part.
    pub field: String,
    /// What is wrong with it, for a person.
    pub message: String,
}

/// What a provider answered when it refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpstreamError {
    /// The host asked.
    pub host: String,
    /// Its HTTP status; `None` when no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Its own `error` (RFC 6749 §5.2), at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Its own `error_description`, at most 1,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// After how many tries.
    pub tries: u32,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $title:literal, $detail:literal;)*) => {
        /// Every kind of problem there is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code, for tests that must cover them all.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The HTTP status of a problem with this code.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// What happened, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What it means and what to do next, where nothing more exact is known.
            pub const fn detail(self) -> &'static str {
                match self { $(Self::$name => $detail,)* }
            }
        }
    };
}

codes! {
    /// The body is not the JSON this route takes.
    InvalidBody = 400, "The request can't be read", "The body is not the JSON this route takes. Check it against /api/openapi.json.";
    /// Some fields are wrong; `errors` says which.
    InvalidFields = 422, "Some fields need attention", "Correct the fields named below and send the request again.";
    /// The body is larger than the route takes.
    BodyTooLarge = 413, "The request is too large", "Send less at once.";
    /// No session, or one that has ended.
    NotSignedIn = 401, "You are not signed in", "Sign in and try again. What this browser keeps stays where it is.";
    /// User name or password are wrong; never which.
    WrongCredentials = 401, "The user name or password is wrong", "Check both and try again. An admin can send you a new invitation link.";
    /// The session's role may not do this.
    NotAllowed = 403, "Your role does not allow this", "Ask an admin to change your role, or to do this for you.";
    /// A state-changing request without the custom header, or from another site.
    CrossSite = 403, "The request came from another site", "Open Tokenkeep in its own tab and try there.";
    /// Nothing is at this path.
    NotFound = 404, "There is nothing here", "It may have been removed. Reload the page to see what is there now.";
    /// The path is right and the method is not.
    MethodNotAllowed = 405, "This method is not allowed here", "See /api/openapi.json for the methods of this path.";
    /// The thing changed, or exists already.
    Conflict = 409, "It already exists or has changed", "Reload the page to see it as it is now, then try again.";
    /// The last active admin can't be disabled or lose the role.
    LastAdmin = 409, "This is the last active admin", "Make another person an admin first.";
    /// Setup was done before.
    SetupDone = 409, "Setup is already done", "Sign in with the account made then.";
    /// A setup or invitation link that is unknown, used or expired.
    LinkInvalid = 410, "This link is no longer valid", "Links work once and for a limited time. Ask an admin for a new one.";
    /// An `Idempotency-Key` that is not 1 to 255 visible ASCII characters.
    InvalidIdempotencyKey = 400, "The Idempotency-Key can't be used", "It must be 1 to 255 visible ASCII characters; a UUID is best.";
    /// The first request with this key still runs.
    StillRunning = 409, "The same request is still running", "Wait a moment and repeat it with the same key.";
    /// The key was used for another body.
    KeyReused = 422, "The Idempotency-Key was used for another request", "Use a new key for a new request.";
    /// Too many requests, or too many failed sign-ins.
    TooManyRequests = 429, "Too many requests", "Wait as long as the answer says, then try again.";
    /// The provider is unknown, switched off, or does not allow this place.
    ProviderNotAllowed = 422, "This provider can't be asked", "An admin decides which providers, regions and domains may be asked.";
    /// The egress guard refused the address.
    EgressRefused = 403, "The provider's address is not allowed", "Its name leads to a private or reserved address. An operator can allow exact loopback origins in the settings.";
    /// The provider refused the client: `invalid_client` and its kind. Final.
    UpstreamRefused = 422, "The provider refused the request", "Check the client id, the credential and the authentication method.";
    /// The provider said 429.
    UpstreamThrottled = 503, "The provider asks us to wait", "It is tried again by itself after the time the provider named.";
    /// The provider could not be reached or answered 5xx.
    UpstreamUnavailable = 502, "The provider can't be reached", "It is tried again by itself. The token you have stays as it is.";
    /// The provider did not answer in time.
    UpstreamTimeout = 504, "The provider did not answer in time", "It is tried again by itself. The token you have stays as it is.";
    /// The provider's answer is not what was asked for: no token response, no JSON.
    UpstreamUnreadable = 502, "The provider's answer can't be read", "Check the provider's addresses: the answer was not the JSON that was asked for.";
    /// The path of an API call could lead elsewhere.
    InvalidApiPath = 400, "This path can't be called", "Use a plain path below the provider's API, without empty parts, dots or hidden slashes.";
    /// An API call came without a token that can be sent.
    TokenMissing = 400, "The call has no token", "Send the access token in the x-tokenkeep-token header. Obtain a new one if there is none.";
    /// The provider's rules allow neither this path nor this method on it.
    CallNotAllowed = 403, "This call is not allowed", "An admin decides which paths and methods of a provider may be called. Ask one to allow this path.";
    /// The site a call names is no site's id.
    InvalidSite = 400, "The site can't be read", "A site's id has 1 to 128 letters, digits, dots, underscores, colons and dashes.";
    /// So many calls to the provider failed that it is left alone for a while.
    UpstreamPaused = 503, "The provider is given a rest", "Several calls in a row failed, so no more are sent for the moment. Try again after the time named.";
    /// As many streams are open as may be.
    TooManyStreams = 503, "Too many streams are open", "Close a page that shows live data, then try again.";
    /// Made in the browser: the provider's API refused a call.
    ApiRefused = 422, "The provider's API refused the call", "Its own words stand below. Correct what they name, then try again.";
    /// Made in the browser: a provider's API wants a role the worker token has not.
    ApiRoleMissing = 403, "The worker token lacks a role", "Access comes from roles, not from scopes. Have an administrator of the environment grant the worker application the role, then get a new token: the one you have was issued without it.";
    /// Made in the browser: a provider's API refused the token, and the new one as well.
    ApiTokenRefused = 401, "The provider's API refuses the token", "Get a new token. If that is refused too, check the environment and the application.";
    /// Made in the browser: a provider's API has nothing at this place.
    ApiNotFound = 404, "The provider has nothing there", "It may have been removed, or belongs to another environment than this connection's.";
    /// Made in the browser: no connection, or none with this kind of API.
    ApiMissing = 422, "This connection has no such API", "Choose a connection whose provider has it.";
    /// The tenant named is none of the person's: it never was, or it was removed. Whose it is, if anybody's, is not said.
    TenantUnknown = 404, "There is no such tenant", "It may have been removed. Switch to another tenant and try again.";
    /// A person's own tenant can't be removed.
    OwnTenant = 409, "Your own tenant stays", "It is part of your account. Clear what it holds instead, or remove another tenant.";
    /// The person has as many tenants as they may.
    TooManyTenants = 409, "You have as many tenants as you may", "Remove one you no longer need, then add the new one.";
    /// The tenant works with another API of site tokens.
    ApiNotAllowed = 403, "The tenant works with another API", "Choose this API for the tenant, or use another tenant.";
    /// The tenant is limited to other sites.
    SiteNotAllowed = 403, "The tenant does not allow this site", "Add the site to the tenant, or use another tenant.";
    /// The tenant has no copy on the server, or another one than the device knows.
    SyncCopyGone = 404, "There is no such copy on the server", "It was deleted, or begun anew on another device. Look at the sync settings of this tenant.";
    /// The tenant has a copy already.
    SyncCopyThere = 409, "This tenant is synced already", "Enter the passphrase it was begun with, on the device where it was turned on.";
    /// Items sealed under another key than the copy's.
    SyncKeyOther = 409, "The copy is sealed under another key", "Enter the passphrase the copy was begun with. Nothing was overwritten.";
    /// The keyring that was to be replaced does not stand any more.
    SyncKeyringOther = 409, "The passphrase was changed on another device", "Enter the passphrase that was set there, and try again. Nothing was changed.";
    /// No room is left for this person.
    SyncFull = 507, "The synced copy is full", "Remove what you no longer need, or turn sync off for a tenant that needs none.";
    /// The bootloader was asked without an org key and without a site id.
    OrgKeyMissing = 400, "The request names no organization", "Send the org key in the x-org-key header, or the site id in x-site-id.";
    /// No organization has this org key or site id, or it was revoked. Final.
    OrgKeyUnknown = 404, "This org key is not known", "It was mistyped, replaced or revoked. Copy the snippet from the org keys page again.";
    /// The page's origin is not among those of the org key. Final: a new token changes nothing.
    OriginNotAllowed = 403, "This origin is not allowed", "An admin can add the page's exact origin (scheme, host and port) to the org key.";
    /// A call of the widget's came without an org token.
    OrgTokenMissing = 401, "The call has no org token", "Send it as Authorization: Bearer. The bootloader gives one.";
    /// The org token is not one of ours, or was changed, or was signed with a key that has gone. Get a new one.
    OrgTokenInvalid = 401, "The org token can't be used", "Get a new one from the bootloader and send the call again.";
    /// The org token has ended. Get a new one.
    OrgTokenExpired = 401, "The org token has expired", "Get a new one from the bootloader and send the call again.";
    /// The organization's key was revoked after the token was issued. Final: a new token is not given.
    OrgKeyRevoked = 403, "The org key was revoked", "An admin ended this organization's access. The page needs another key.";
    /// No conversation of this organization has this id, or the visitor key is not its own, or it was too old and is gone.
    ConversationUnknown = 404, "There is no such conversation", "It may have been removed because of its age. Begin a new one.";
    /// The conversation was closed: nothing can be added.
    ConversationClosed = 409, "The conversation is closed", "Begin a new one to write again.";
    /// The server is shutting down or not ready.
    Unavailable = 503, "The server is not ready", "It is starting or stopping. Try again in a moment.";
    /// A fault of the server; the log has the cause under the request id.
    Internal = 500, "The server met a fault of its own", "Nothing was changed. Give the request id to whoever runs this server.";
    /// Made in the browser: the server can't be reached.
    Unreachable = 503, "The server can't be reached", "Check the network. What this browser keeps still works.";
    /// Made in the browser: the vault is locked.
    VaultLocked = 423, "The vault is locked", "Unlock it, then try again. While it is locked nothing is given out or renewed.";
    /// The server holds no such half of a vault's key for this person.
    VaultHalfUnknown = 404, "The server has no half for this vault", "It was let go when this level was left, or this server was set up anew. The vault of this browser can't be opened any more: clear it to begin anew.";
    /// One person has this level in too many browsers.
    VaultHalvesFull = 409, "Too many browsers keep a half here", "This account has this level in 100 browsers. Choose another level there, or a passphrase here.";
    /// Made in the browser: no place took a record.
    NotStored = 507, "This browser can't store it", "The site may have no room left. Free some space in the browser's settings, then try again.";
    /// Made in the browser: no credential is kept for the connection.
    NoCredential = 422, "No credential is kept", "Enter the client secret or key again to obtain a token.";
    /// Made in the browser: the answer is not what the route promises.
    UnreadableAnswer = 502, "The server's answer can't be read", "Page and server may differ in version. Reload the page.";
}

impl Problem {
    /// A problem with its code's own words.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            status: code.status(),
            title: code.title().to_owned(),
            detail: code.detail().to_owned(),
            upstream: None,
            retry_after: None,
            errors: Vec::new(),
            request_id: None,
        }
    }

    /// With a more exact word on what it means and what to do next.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// With one more field error.
    #[must_use]
    pub fn with_error(mut self, field: &str, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { field: field.to_owned(), message: message.into() });
        self
    }

    /// With the seconds to wait.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// With what the provider said.
    #[must_use]
    pub fn with_upstream(mut self, upstream: UpstreamError) -> Self {
        self.upstream = Some(upstream);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_says_what_happened_and_what_to_do_in_whole_sentences() {
        for code in Code::ALL {
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert!(!code.title().ends_with('.') && !code.title().contains('!'), "{code:?}");
            assert!(code.detail().ends_with('.') && !code.detail().contains('!'), "{code:?}");
        }
    }

    #[test]
    fn a_problem_is_read_back_as_it_was_written() {
        let problem = Problem::new(Code::InvalidFields).with_error("name", "Too long.").with_retry_after(3);
        let text = serde_json::to_string(&problem).unwrap();
        assert_eq!(serde_json::from_str::<Problem>(&text).unwrap(), problem);
    }
}
