//! The server's contract: REST under `/api/v1`, JSON in and out, errors as `application/problem+json` (RFC 9457).
//!
//! Every route is a type that implements [`Endpoint`]: the router, the browser's client, the OpenAPI document and the
//! tests all take method, path, body and answer from it, so that they can't disagree. Pages load through one [`Api`]
//! port: in-process while the server renders, HTTP in the browser.

use std::pin::Pin;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::secret::Secret;

pub mod account;
pub mod audit;
pub mod conversations;
pub mod default_token;
pub mod gateway;
pub mod introspection;
pub mod org;
pub mod problem;
pub mod providers;
pub mod sync;
pub mod tenants;
pub mod token;
pub mod users;
pub mod vault;
pub mod widget;

pub use problem::{Code, FieldError, Problem, UpstreamError};

/// The header every state-changing request must carry, with any value: a cross-site form can't set it.
pub const REQUEST_HEADER: &str = "x-tokenkeep-request";

/// The header that names a request in logs and problem documents.
pub const REQUEST_ID_HEADER: &str = "x-request-id";

/// The header that makes a repeat of one request safe (draft-ietf-httpapi-idempotency-key-header).
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// The HTTP methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Method {
    /// Reads; changes nothing.
    Get,
    /// Makes or does something.
    Post,
    /// Replaces something.
    Put,
    /// Changes part of something.
    Patch,
    /// Ends something.
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// The method of that name, in capitals as on the wire.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Whether doing it twice is as good as doing it once (RFC 9110 §9.2.2).
    pub const fn is_idempotent(self) -> bool {
        matches!(self, Self::Get | Self::Put | Self::Delete)
    }

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone, signed in or not.
    Public,
    /// A page that holds an org token, from an origin its organization allows; no session, and no cookie.
    OrgToken,
    /// Any signed-in person.
    SignedIn,
    /// Signed-in people who may obtain tokens: admins and users, not auditors.
    Member,
    /// Admins and auditors: reading only.
    Auditing,
    /// Admins only.
    Admin,
}

/// One route: a type that holds its path parameters.
pub trait Endpoint {
    /// The HTTP method.
    const METHOD: Method;
    /// The path with `{name}` for each parameter, as the router takes it.
    const TEMPLATE: &'static str;
    /// What it does, in one line, for the OpenAPI document.
    const SUMMARY: &'static str;
    /// Who may use it.
    const ACCESS: Access;
    /// How large the body may be, in bytes.
    const BODY_LIMIT: usize = 64 * 1_024;
    /// The JSON body; `()` for none.
    type Body: Serialize + DeserializeOwned;
    /// The JSON answer; `()` for none (204).
    type Answer: Serialize + DeserializeOwned;

    /// The path with this value's parameters filled in.
    fn path(&self) -> String {
        Self::TEMPLATE.to_owned()
    }

    /// The route from its path parameter, as the router read it; the text is ignored where the template has none.
    fn from_parameter(parameter: &str) -> Self
    where
        Self: Sized;
}

/// One request, ready to be sent.
#[derive(Clone, Debug)]
pub struct Call {
    /// The HTTP method.
    pub method: Method,
    /// The path, with parameters filled in.
    pub path: String,
    /// The JSON text of the body, if there is one; it may hold secrets.
    pub body: Option<Secret>,
    /// The headers of its own, beside those every call has: names in lower case. They may hold secrets.
    pub headers: Vec<(&'static str, Secret)>,
}

/// A future of an answer's JSON.
pub type Answering = Pin<Box<dyn Future<Output = Result<Value, Problem>> + Send>>;

/// The way to the server: in-process while rendering there, HTTP in the browser.
pub trait Api: Send + Sync {
    /// Sends one request; an answer without a body is `Value::Null`.
    fn send(&self, call: Call) -> Answering;
}

/// Calls a route and reads its answer.
///
/// # Errors
///
/// The server's [`Problem`]; one with [`Code::Unreachable`] when the server can't be reached, and one with
/// [`Code::UnreadableAnswer`] when its answer is not what the route promises.
pub async fn call<E: Endpoint>(api: &dyn Api, endpoint: E, body: E::Body) -> Result<E::Answer, Problem> {
    let answer = api.send(request(&endpoint, &body)?).await?;
    serde_json::from_value(answer).map_err(|_| Problem::new(Code::UnreadableAnswer))
}

/// The request for a route, without sending it.
///
/// # Errors
///
/// [`Code::UnreadableAnswer`] never happens for the bodies of this crate; it stands for a body JSON can't express.
pub fn request<E: Endpoint>(endpoint: &E, body: &E::Body) -> Result<Call, Problem> {
    let text = serde_json::to_string(body).map_err(|_| Problem::new(Code::InvalidBody))?;
    let body = (text != "null").then(|| Secret::new(text));
    Ok(Call { method: E::METHOD, path: endpoint.path(), body, headers: Vec::new() })
}

/// Writes a route's type and its [`Endpoint`] implementation; path parameters are named in braces in the template.
macro_rules! route {
    ($doc:literal, $name:ident, $method:ident $template:literal, $access:ident, $body:ty => $answer:ty) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl $crate::api::Endpoint for $name {
            const METHOD: $crate::api::Method = $crate::api::Method::$method;
            const TEMPLATE: &'static str = $template;
            const SUMMARY: &'static str = $doc;
            const ACCESS: $crate::api::Access = $crate::api::Access::$access;
            type Body = $body;
            type Answer = $answer;

            fn from_parameter(_: &str) -> Self {
                Self
            }
        }
    };
    ($doc:literal, $name:ident { $field:ident: $type:ty }, $method:ident $template:literal, $access:ident, $body:ty => $answer:ty) => {
        #[doc = $doc]
        #[derive(Clone, Debug)]
        pub struct $name {
            #[doc = "The path parameter of that name."]
            pub $field: $type,
        }

        impl $crate::api::Endpoint for $name {
            const METHOD: $crate::api::Method = $crate::api::Method::$method;
            const TEMPLATE: &'static str = $template;
            const SUMMARY: &'static str = $doc;
            const ACCESS: $crate::api::Access = $crate::api::Access::$access;
            type Body = $body;
            type Answer = $answer;

            fn path(&self) -> String {
                $template.replace(concat!("{", stringify!($field), "}"), self.$field.as_str())
            }

            fn from_parameter(parameter: &str) -> Self {
                Self { $field: <$type>::new(parameter) }
            }
        }
    };
}
pub(crate) use route;
