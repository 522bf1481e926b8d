//! Looking at a connection before it is used: errors, warnings and suggestions.

use super::{Connection, Credential};
use crate::provider::{Provider, ProviderKind, TargetError};

/// The field of the form a finding belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The connection's name.
    Name,
    /// The provider.
    Provider,
    /// The PingOne environment id.
    EnvironmentId,
    /// The PingOne region.
    Region,
    /// The custom domain.
    CustomDomain,
    /// The client id.
    ClientId,
    /// The client secret or private key.
    Credential,
    /// The scopes.
    Scopes,
    /// The authentication method.
    Authentication,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Can't work: nothing is sent.
    Error,
    /// May work, and is probably not meant.
    Warning,
    /// Works; could be better.
    Suggestion,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The field it belongs to.
    pub field: Field,
    /// How much it matters.
    pub severity: Severity,
    /// What it says to a person.
    pub text: String,
}

/// Looks at a connection and the credential entered for it.
///
/// `credential` is `None` when the person left the field empty. `kept` says that a credential is already in the vault,
/// so that an empty field is fine.
pub fn findings(
    connection: &Connection,
    provider: Option<&Provider>,
    credential: Option<&Credential>,
    kept: bool,
) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |field, severity, text: &str| found.push(Finding { field, severity, text: text.to_owned() });
    if connection.name.trim().is_empty() {
        add(Field::Name, Severity::Error, "Give the connection a name you will recognise.");
    } else if connection.name.chars().count() > 80 {
        add(Field::Name, Severity::Error, "The name may have at most 80 characters.");
    }
    check_client(connection, credential, kept, &mut add);
    check_scopes(connection, provider, &mut add);
    match provider {
        None => add(Field::Provider, Severity::Error, "Choose a provider."),
        Some(provider) => check_place(connection, provider, &mut add),
    }
    found
}

/// Whether nothing stands in the way of sending.
pub fn is_sendable(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity != Severity::Error)
}

fn check_client(
    connection: &Connection,
    credential: Option<&Credential>,
    kept: bool,
    add: &mut impl FnMut(Field, Severity, &str),
) {
    let client_id = connection.client_id.trim();
    if client_id.is_empty() {
        add(Field::ClientId, Severity::Error, "The client id is required.");
    } else if Some(client_id) == connection.place.environment_id.as_deref() {
        add(
            Field::ClientId,
            Severity::Error,
            "The client id is the same as the environment id. Copy the client id from the application's overview.",
        );
    }
    let needs_secret = connection.authentication.needs_secret();
    match credential {
        None if kept => {}
        None if needs_secret => add(Field::Credential, Severity::Error, "The client secret is required."),
        None => add(Field::Credential, Severity::Error, "A private key is required for private_key_jwt."),
        Some(Credential::ClientSecret(secret)) if needs_secret => {
            if secret.is_empty() {
                add(Field::Credential, Severity::Error, "The client secret is required.");
            } else if secret.expose().chars().count() < 16 {
                add(
                    Field::Credential,
                    Severity::Warning,
                    "The secret has fewer than 16 characters. Check that it was copied whole.",
                );
            }
            if secret.expose().trim() != secret.expose() {
                add(Field::Credential, Severity::Warning, "The secret begins or ends with a blank.");
            }
        }
        Some(Credential::PrivateKey(key)) if !needs_secret => {
            let text = key.expose().trim_start();
            if !text.starts_with("-----BEGIN PRIVATE KEY-----") && !text.starts_with('{') {
                add(
                    Field::Credential,
                    Severity::Error,
                    "The key must be PKCS#8 PEM (-----BEGIN PRIVATE KEY-----) or a JWK.",
                );
            }
        }
        Some(_) => add(Field::Credential, Severity::Error, "The credential does not fit the authentication method."),
    }
}

fn check_scopes(connection: &Connection, provider: Option<&Provider>, add: &mut impl FnMut(Field, Severity, &str)) {
    // RFC 6749 §3.3: %x21 / %x23-5B / %x5D-7E.
    let allowed = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    if connection.scopes.iter().any(|scope| !scope.bytes().all(allowed)) {
        add(Field::Scopes, Severity::Error, "A scope has a character OAuth 2.0 does not allow, such as a quote.");
    }
    let roles_decide = provider.is_some_and(|p| !matches!(p.kind, ProviderKind::OAuth { .. }));
    if connection.scopes.is_empty() && !roles_decide {
        add(
            Field::Scopes,
            Severity::Warning,
            "No scopes: the provider decides what the token may do. Some providers refuse such a request.",
        );
    }
}

fn check_place(connection: &Connection, provider: &Provider, add: &mut impl FnMut(Field, Severity, &str)) {
    let environment = connection.place.environment_id.as_deref();
    let custom = connection.place.custom_domain.is_some();
    if matches!(provider.kind, ProviderKind::PingOne { .. })
        && custom
        && environment.is_some_and(|id| !crate::provider::is_uuid(id))
    {
        add(Field::EnvironmentId, Severity::Error, &TargetError::EnvironmentId.to_string());
    }
    let target = match provider.target(&connection.place) {
        Ok(target) => target,
        Err(error) => {
            let field = match error {
                TargetError::EnvironmentId => Field::EnvironmentId,
                TargetError::RegionMissing | TargetError::RegionNotAllowed(_) => Field::Region,
                TargetError::DomainNotAllowed(_) => Field::CustomDomain,
                TargetError::Disabled(_)
                | TargetError::IssuerUnknown
                | TargetError::SiteTokensOnly(_)
                | TargetError::ApiUnknown(_) => Field::Provider,
            };
            return add(field, Severity::Error, &format!("{}.", capitalized(&error.to_string())));
        }
    };
    let signs = matches!(connection.authentication.name(), "client_secret_jwt" | "private_key_jwt");
    if signs && let Err(error) = target.checked_audience() {
        add(Field::Authentication, Severity::Error, &format!("{}.", capitalized(&error.to_string())));
    }
    if let ProviderKind::OAuth { authentication_methods, .. } = &provider.kind
        && !authentication_methods.is_empty()
        && !authentication_methods.contains(&connection.authentication)
    {
        let names: Vec<&str> = authentication_methods.iter().map(|method| method.name()).collect();
        let text = format!("{} says it takes only {}.", provider.name, names.join(", "));
        add(Field::Authentication, Severity::Warning, &text);
    }
    if connection.authentication.needs_secret() && matches!(provider.kind, ProviderKind::OAuth { .. }) {
        add(
            Field::Authentication,
            Severity::Suggestion,
            "private_key_jwt keeps the key in this browser; a secret must travel to the server with each renewal.",
        );
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
