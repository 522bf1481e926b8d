//! The OpenAPI document, generated from the table of mounted routes.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use domain::api::{Access, Method, Problem, REQUEST_HEADER};
use utoipa::openapi::path::{HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ComponentsBuilder, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Required,
    ResponseBuilder,
};

use super::table::{BodySchema, Route};
use crate::state::AppState;

/// Where the document is.
pub const PATH: &str = "/api/openapi.json";

/// Answers with the document.
pub fn router(document: &OpenApi) -> Router<AppState> {
    let text = text(document);
    let json = HeaderValue::from_static("application/json");
    Router::new().route(PATH, get(async move || ([(header::CONTENT_TYPE, json)], text).into_response()))
}

/// The document as text, with a line break at its end.
pub fn text(document: &OpenApi) -> String {
    let mut text = document.to_pretty_json().expect("the document is made of texts and lists, which JSON can express");
    text.push('\n');
    text
}

/// The document of the routes in a table.
pub fn document(table: &[Route]) -> OpenApi {
    let info = InfoBuilder::new().title("Tokenkeep").version(env!("CARGO_PKG_VERSION")).description(Some(DESCRIPTION));
    let mut paths = PathsBuilder::new();
    let mut components = ComponentsBuilder::new();
    let problem = BodySchema::of::<Problem>();
    for route in table {
        // The star says that slashes may follow; OpenAPI has no word for it.
        paths = paths.path(
            route.template.replace("{*", "{"),
            PathItem::new(http_method(route.method), operation(route, &problem)),
        );
    }
    let schemas = table.iter().flat_map(|route| [&route.body, &route.answer]).chain([&problem]);
    for (name, schema) in schemas.flat_map(|body| body.named.clone()) {
        components = components.schema(name, schema);
    }
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-tokenkeep")));
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build());
    let components = components.security_scheme(SESSION, cookie).security_scheme(ORG_TOKEN, bearer);
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components.build())).build()
}

const SESSION: &str = "session";
const ORG_TOKEN: &str = "org_token";

const DESCRIPTION: &str = "Signing in sets the session's cookie. Every request that changes something also needs the \
header x-tokenkeep-request (any value) and must come from this origin (Sec-Fetch-Site or Origin). Pages of other \
origins get an org token from /api/bootloader and send it as a bearer token, without cookies. Errors are problem \
documents (RFC 9457) with a stable code.";

fn operation(route: &Route, problem: &BodySchema) -> OperationBuilder {
    let mut operation = OperationBuilder::new()
        .summary(Some(route.summary))
        .operation_id(Some(operation_id(route)))
        .description(Some(format!("{} {}", route.summary, access(route.access))))
        .parameters(Some(parameters(route)));
    if let Some(schema) = &route.body.schema {
        let content = ContentBuilder::new().schema(Some(schema.clone())).build();
        let body = RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
        operation = operation.request_body(Some(body.build()));
    }
    let scheme = match route.access {
        Access::Public => None,
        Access::OrgToken => Some(ORG_TOKEN),
        _ => Some(SESSION),
    };
    if let Some(scheme) = scheme {
        operation = operation.security(SecurityRequirement::new(scheme, Vec::<String>::new()));
    }
    let (status, answer) = answer(route);
    let refusal = ContentBuilder::new().schema(problem.schema.clone()).build();
    let refusal = ResponseBuilder::new().description("What went wrong.").content("application/problem+json", refusal);
    operation.response(status, answer).response("default", refusal)
}

fn answer(route: &Route) -> (&'static str, ResponseBuilder) {
    let response = ResponseBuilder::new();
    match &route.answer.schema {
        None => ("204", response.description("Done.")),
        Some(schema) => {
            let content = ContentBuilder::new().schema(Some(schema.clone())).build();
            ("200", response.description("Done.").content("application/json", content))
        }
    }
}

fn parameters(route: &Route) -> Vec<Parameter> {
    let names = route.template.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let in_path = names.map(|name| parameter(name.trim_start_matches('*'), ParameterIn::Path, Required::True));
    let in_headers = route.headers.iter().map(|(name, required)| {
        parameter(name, ParameterIn::Header, if *required { Required::True } else { Required::False })
    });
    let changes = route.method != Method::Get && route.access != Access::OrgToken;
    let changes = changes.then(|| parameter(REQUEST_HEADER, ParameterIn::Header, Required::True));
    let in_query = route.query.iter().map(|name| parameter(name, ParameterIn::Query, Required::False));
    in_path.chain(in_query).chain(changes).chain(in_headers).collect()
}

fn parameter(name: &str, place: ParameterIn, required: Required) -> Parameter {
    let text = ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    ParameterBuilder::new().name(name).parameter_in(place).required(required).schema(Some(text)).build()
}

/// `get_users`, `patch_users_id`: method and path, which are unique together.
fn operation_id(route: &Route) -> String {
    let path = route.template.trim_start_matches("/api/v1/");
    let words: String = path.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
    let words: Vec<&str> = words.split('_').filter(|word| !word.is_empty()).collect();
    format!("{}_{}", route.method.name().to_ascii_lowercase(), words.join("_"))
}

const fn access(access: Access) -> &'static str {
    match access {
        Access::Public => "Anyone may.",
        Access::OrgToken => "For pages with an org token.",
        Access::SignedIn => "For people who are signed in.",
        Access::Member => "For admins and users.",
        Access::Auditing => "For admins and auditors.",
        Access::Admin => "For admins.",
    }
}

const fn http_method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Put => HttpMethod::Put,
        Method::Patch => HttpMethod::Patch,
        Method::Delete => HttpMethod::Delete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `UPDATE_OPENAPI=1 cargo test -p server openapi` writes it anew.
    #[test]
    fn the_document_that_is_checked_in_is_the_one_generated() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        let generated = text(&document(&crate::routes::api().table));
        if std::env::var_os("UPDATE_OPENAPI").is_some() {
            std::fs::write(file, &generated).unwrap();
        }
        let checked_in = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            checked_in == generated,
            "server/openapi.json is stale: run UPDATE_OPENAPI=1 cargo test -p server openapi"
        );
    }

    #[test]
    fn every_schema_referred_to_is_there() {
        let text = text(&document(&crate::routes::api().table));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(json["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }
}
