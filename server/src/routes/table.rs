//! The facts of mounted routes: what the OpenAPI document and the tests read.

use domain::api::audit::AuditEvents;
use domain::api::conversations::{Conversations, OpenConversation};
use domain::api::sync::ReadSync;
use domain::api::token::ObtainToken;
use domain::api::widget::{
    BeginConversation, Bootloader, ORG_KEY_HEADER, ReadMessages, SITE_ID_HEADER, SendMessage, VISITOR_KEY_HEADER,
};
use domain::api::{Access, Endpoint, IDEMPOTENCY_HEADER, Method};
use utoipa::ToSchema;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

/// The facts of one mounted route, for the OpenAPI document and for tests that must cover them all.
#[derive(Clone)]
pub struct Route {
    /// The HTTP method.
    pub method: Method,
    /// The path's template.
    pub template: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Who may use it.
    pub access: Access,
    /// The headers it takes of its own, and whether it can't do without.
    pub headers: &'static [(&'static str, bool)],
    /// The parameters it takes behind `?`; all may be left out.
    pub query: &'static [&'static str],
    /// The schema of the body.
    pub body: BodySchema,
    /// The schema of the answer.
    pub answer: BodySchema,
}

/// The headers a route takes of its own, and the parameters behind `?`.
pub struct Takes {
    /// See [`Route::headers`].
    pub headers: &'static [(&'static str, bool)],
    /// See [`Route::query`].
    pub query: &'static [&'static str],
}

/// What the audit log's events are asked for with: the filter's, then the page's.
const EVENT_PARAMETERS: [&str; 11] =
    ["text", "group", "action", "outcome", "user", "tenant", "site", "from", "until", "before", "limit"];

/// What a route takes beside its path and body.
pub fn takes(template: &str, method: Method) -> Takes {
    let takes = |headers, query| Takes { headers, query };
    match (method, template) {
        (_, ObtainToken::TEMPLATE) => takes(&[(IDEMPOTENCY_HEADER, false)], &[]),
        (_, Bootloader::TEMPLATE) => takes(&[(ORG_KEY_HEADER, false), (SITE_ID_HEADER, false)], &[]),
        (_, BeginConversation::TEMPLATE) => takes(&[(IDEMPOTENCY_HEADER, true)], &[]),
        (_, SendMessage::TEMPLATE) => takes(&[(VISITOR_KEY_HEADER, true), (IDEMPOTENCY_HEADER, false)], &[]),
        (_, ReadMessages::TEMPLATE) => takes(&[(VISITOR_KEY_HEADER, true)], &["after", "wait"]),
        (_, Conversations::TEMPLATE) => takes(&[], &["seen", "wait"]),
        (_, AuditEvents::TEMPLATE) => takes(&[], &EVENT_PARAMETERS),
        (_, OpenConversation::TEMPLATE) => takes(&[], &["after", "wait"]),
        (Method::Get, ReadSync::TEMPLATE) => takes(&[], &["since"]),
        _ => takes(&[], &[]),
    }
}

/// The schema of a body or an answer, with all it refers to.
#[derive(Clone)]
pub struct BodySchema {
    /// What the schema says; `None` for no body.
    pub schema: Option<RefOr<Schema>>,
    /// The schemas it refers to, by name.
    pub named: Vec<(String, RefOr<Schema>)>,
}

impl BodySchema {
    /// Any JSON: it is another server's.
    pub fn anything() -> Self {
        let schema = ObjectBuilder::new().description(Some("JSON, as the provider takes or gives it.")).build();
        Self { schema: Some(RefOr::T(Schema::Object(schema))), named: Vec::new() }
    }

    /// The schema of a type; `()` is no body.
    pub fn of<T: ToSchema + 'static>() -> Self {
        if std::any::TypeId::of::<T>() == std::any::TypeId::of::<()>() {
            return Self { schema: None, named: Vec::new() };
        }
        let mut named = Vec::new();
        T::schemas(&mut named);
        let inline = T::schema();
        // A list stands for itself; every other body is a named schema.
        let is_list = matches!(&inline, RefOr::T(Schema::Array(_)));
        if is_list {
            return Self { schema: Some(inline), named };
        }
        let name = T::name().into_owned();
        named.push((name.clone(), inline));
        Self { schema: Some(RefOr::Ref(utoipa::openapi::Ref::from_schema_name(name))), named }
    }
}
