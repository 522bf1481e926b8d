use domain::connection::validation::{Field, Finding, Severity, findings};
use domain::connection::{Connection, Credential, scopes};
use domain::id::{ConnectionId, ProviderId};
use domain::keeper::ConnectionView;
use domain::provider::{ClientAuthentication, Host, Place, Provider, ProviderKind, Region};
use domain::secret::Secret;
use domain::time::Timestamp;
use leptos::prelude::*;

use super::ConnectionDialog;
use crate::components::{Note, Notes};

/// What stands in the fields, as it was typed.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) id: StoredValue<ConnectionId>,
    pub(super) base: StoredValue<Option<ConnectionView>>,
    pub(super) name: RwSignal<String>,
    pub(super) provider: RwSignal<String>,
    pub(super) environment_id: RwSignal<String>,
    pub(super) region: RwSignal<String>,
    pub(super) custom_domain: RwSignal<String>,
    pub(super) client_id: RwSignal<String>,
    pub(super) authentication: RwSignal<String>,
    pub(super) client_secret: RwSignal<String>,
    pub(super) private_key: RwSignal<String>,
    pub(super) scopes: RwSignal<String>,
    pub(super) keep: RwSignal<bool>,
    /// Whether a person tried to send it; before that, empty fields are not called wrong.
    pub(super) tried: RwSignal<bool>,
}

/// Which fields a provider's kind needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Unknown,
    PingOne,
    OAuth,
    Sandbox,
}

impl Form {
    /// A form filled with what is known: an existing connection, or a provider where there is only one.
    pub(super) fn new(id: ConnectionId, base: Option<ConnectionView>, provider: Option<&Provider>) -> Self {
        let held = base.as_ref().map(|base| &base.connection);
        let text = |of: &dyn Fn(&Connection) -> String| RwSignal::new(held.map(of).unwrap_or_default());
        let provider = held.map(|held| held.provider.clone()).or_else(|| provider.map(|one| one.id.clone()));
        Self {
            name: text(&|held| held.name.clone()),
            provider: RwSignal::new(provider.map(|id| id.as_str().to_owned()).unwrap_or_default()),
            environment_id: text(&|held| held.place.environment_id.clone().unwrap_or_default()),
            region: text(&|held| held.place.region.map(|region| region.to_string()).unwrap_or_default()),
            custom_domain: text(&|held| {
                held.place.custom_domain.as_ref().map(|host| host.as_str().to_owned()).unwrap_or_default()
            }),
            client_id: text(&|held| held.client_id.clone()),
            authentication: RwSignal::new(held.map(|held| held.authentication).unwrap_or_default().name().to_owned()),
            client_secret: RwSignal::new(String::new()),
            private_key: RwSignal::new(String::new()),
            scopes: text(&|held| held.scopes.join(" ")),
            keep: RwSignal::new(held.is_none_or(|held| held.keep_credential)),
            tried: RwSignal::new(false),
            id: StoredValue::new(held.map(|held| held.id.clone()).unwrap_or(id)),
            base: StoredValue::new(base),
        }
    }

    /// The provider chosen.
    pub(super) fn chosen(self, dialog: ConnectionDialog) -> Option<Provider> {
        dialog.provider(&ProviderId::new(self.provider.get()))
    }

    /// Which fields the chosen provider needs.
    pub(super) fn shape(self, dialog: ConnectionDialog) -> Memo<Shape> {
        Memo::new(move |_| shape(self.chosen(dialog).as_ref()))
    }

    pub(super) fn method(self) -> ClientAuthentication {
        ClientAuthentication::from_name(&self.authentication.get()).unwrap_or_default()
    }

    /// The connection as the fields describe it; fields the provider's kind does not have count as empty.
    pub(super) fn connection(self, shape: Shape, now: Timestamp) -> Connection {
        let full = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let custom_domain = full(self.custom_domain.get()).and_then(|text| Host::parse(&text).ok());
        let place = match shape {
            Shape::Unknown | Shape::OAuth => Place::default(),
            Shape::Sandbox => Place { environment_id: full(self.environment_id.get()), ..Place::default() },
            Shape::PingOne => Place {
                environment_id: full(self.environment_id.get()),
                region: Region::parse(&self.region.get()).ok(),
                custom_domain,
            },
        };
        Connection {
            id: self.id.get_value(),
            name: self.name.get().trim().to_owned(),
            provider: ProviderId::new(self.provider.get()),
            place,
            client_id: self.client_id.get().trim().to_owned(),
            scopes: scopes(&self.scopes.get()),
            authentication: self.method(),
            keep_credential: self.keep.get(),
            created_at: self.base.with_value(|base| base.as_ref().map_or(now, |base| base.connection.created_at)),
            removed_at: None,
        }
    }

    /// The credential typed, if one was.
    pub(super) fn credential(self) -> Option<Credential> {
        let (text, kind): (_, fn(Secret) -> Credential) = if self.method().needs_secret() {
            (self.client_secret.get(), Credential::ClientSecret)
        } else {
            (self.private_key.get(), Credential::PrivateKey)
        };
        (!text.is_empty()).then(|| kind(Secret::new(text)))
    }

    /// Whether a credential that fits the method is kept already.
    pub(super) fn kept(self) -> bool {
        let needs_secret = self.method().needs_secret();
        self.base.with_value(|base| {
            base.as_ref().is_some_and(|base| {
                base.has_credential && base.connection.authentication.needs_secret() == needs_secret
            })
        })
    }

    /// Everything there is to say about what was typed.
    pub(super) fn findings(self, dialog: ConnectionDialog) -> Vec<Finding> {
        let provider = self.chosen(dialog);
        let shape = shape(provider.as_ref());
        let connection = self.connection(shape, Timestamp::default());
        let mut found = findings(&connection, provider.as_ref(), self.credential().as_ref(), self.kept());
        let domain = self.custom_domain.get();
        if shape == Shape::PingOne
            && !domain.trim().is_empty()
            && let Err(error) = Host::parse(&domain)
        {
            found.retain(|finding| finding.field != Field::Region);
            let text = format!("This is no domain: {error}.");
            found.push(Finding { field: Field::CustomDomain, severity: Severity::Error, text });
        }
        found
    }

    /// What is to be said below one field.
    pub(super) fn notes(self, findings: Memo<Vec<Finding>>, field: Field) -> Notes {
        Signal::derive(move || {
            let quiet = !self.tried.get() && self.text_of(field).is_empty();
            findings.with(|findings| {
                let own = findings.iter().filter(|finding| finding.field == field);
                let said = own.filter(|finding| !(quiet && finding.severity == Severity::Error));
                said.map(|finding| Note { severity: finding.severity, text: finding.text.clone() }).collect()
            })
        })
    }

    fn text_of(self, field: Field) -> String {
        match field {
            Field::Name => self.name,
            Field::Provider => self.provider,
            Field::EnvironmentId => self.environment_id,
            Field::Region => self.region,
            Field::CustomDomain => self.custom_domain,
            Field::ClientId => self.client_id,
            Field::Credential if self.method().needs_secret() => self.client_secret,
            Field::Credential => self.private_key,
            Field::Scopes => self.scopes,
            Field::Authentication => self.authentication,
        }
        .get()
    }

    /// Drops what is secret as soon as it was handed over.
    pub(super) fn forget_secrets(self) {
        self.client_secret.set(String::new());
        self.private_key.set(String::new());
    }
}

/// Which fields a provider needs.
pub(super) fn shape(provider: Option<&Provider>) -> Shape {
    match provider.map(|provider| &provider.kind) {
        // A provider of site tokens is not among the choices: it gives out no worker tokens.
        None | Some(ProviderKind::SiteApi { .. }) => Shape::Unknown,
        Some(ProviderKind::PingOne { .. }) => Shape::PingOne,
        Some(ProviderKind::OAuth { .. }) => Shape::OAuth,
        Some(ProviderKind::Sandbox { .. }) => Shape::Sandbox,
    }
}
