use domain::api::providers::{IssuerMetadata, ProviderForm};
use domain::api::{Code, Problem};
use domain::https_url::HttpsUrl;
use domain::provider::{AssertionAudience, ClientAuthentication, Host, MoreEndpoints, Provider, ProviderKind, Region};
use leptos::prelude::*;

use super::rules::Rules;
use super::site_api::SiteApi;
use crate::components::{Icon, icon};

/// What stands in the provider's fields, as it was typed.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) name: RwSignal<String>,
    pub(super) kind: RwSignal<String>,
    pub(super) enabled: RwSignal<bool>,
    pub(super) regions: StoredValue<Vec<(Region, RwSignal<bool>)>>,
    pub(super) custom_domains: RwSignal<String>,
    pub(super) issuer: RwSignal<String>,
    pub(super) token_url: RwSignal<String>,
    pub(super) key_set_url: RwSignal<String>,
    pub(super) methods: StoredValue<Vec<(ClientAuthentication, RwSignal<bool>)>>,
    pub(super) introspection_url: RwSignal<String>,
    pub(super) revocation_url: RwSignal<String>,
    pub(super) api_base: RwSignal<String>,
    pub(super) audience: RwSignal<String>,
    pub(super) exact: RwSignal<String>,
    pub(super) site_api: SiteApi,
    pub(super) rules: Rules,
}

impl Form {
    /// A form with a provider's values, or with those of a new PingOne provider.
    pub(super) fn new(provider: Option<&Provider>) -> Self {
        let form = Self {
            name: RwSignal::new(provider.map(|provider| provider.name.clone()).unwrap_or_default()),
            kind: RwSignal::new("pingone".to_owned()),
            enabled: RwSignal::new(provider.is_none_or(|provider| provider.enabled)),
            regions: StoredValue::new(Region::ALL.map(|region| (region, RwSignal::new(false))).to_vec()),
            custom_domains: RwSignal::new(String::new()),
            issuer: RwSignal::new(String::new()),
            token_url: RwSignal::new(String::new()),
            key_set_url: RwSignal::new(String::new()),
            methods: StoredValue::new(ClientAuthentication::ALL.map(|method| (method, RwSignal::new(false))).to_vec()),
            introspection_url: RwSignal::new(String::new()),
            revocation_url: RwSignal::new(String::new()),
            api_base: RwSignal::new(String::new()),
            audience: RwSignal::new("issuer".to_owned()),
            exact: RwSignal::new(String::new()),
            site_api: SiteApi::new(provider.map(|provider| &provider.kind)),
            rules: Rules::new(&provider.map(|provider| provider.gateway.clone()).unwrap_or_default()),
        };
        if let Some(provider) = provider {
            form.fill(provider);
        }
        form
    }

    fn fill(self, provider: &Provider) {
        match &provider.kind {
            ProviderKind::PingOne { regions, custom_domains } => {
                self.regions.with_value(|all| {
                    for (region, ticked) in all {
                        ticked.set(regions.contains(region));
                    }
                });
                let domains: Vec<&str> = custom_domains.iter().map(Host::as_str).collect();
                self.custom_domains.set(domains.join(" "));
            }
            ProviderKind::OAuth { issuer, token_endpoint, jwks_uri, authentication_methods, more } => {
                self.kind.set("oauth".to_owned());
                self.fill_urls(issuer.as_ref(), token_endpoint, jwks_uri.as_ref(), authentication_methods);
                self.fill_more(more.introspection_endpoint.as_ref(), more.revocation_endpoint.as_ref());
                self.api_base.set(text(more.api_base.as_ref()));
            }
            ProviderKind::SiteApi { .. } => self.kind.set("site_api".to_owned()),
            ProviderKind::Sandbox { .. } => {}
        }
        let (audience, exact) = match &provider.assertion_audience {
            AssertionAudience::Issuer => ("issuer", ""),
            AssertionAudience::TokenEndpoint => ("token_endpoint", ""),
            AssertionAudience::Exact(text) => ("exact", text.as_str()),
        };
        self.audience.set(audience.to_owned());
        self.exact.set(exact.to_owned());
    }

    fn fill_urls(
        self,
        issuer: Option<&HttpsUrl>,
        token_endpoint: &HttpsUrl,
        jwks_uri: Option<&HttpsUrl>,
        methods: &[ClientAuthentication],
    ) {
        self.issuer.try_set(text(issuer));
        self.token_url.try_set(token_endpoint.to_string());
        self.key_set_url.try_set(text(jwks_uri));
        self.methods.try_with_value(|all| {
            for (method, ticked) in all {
                ticked.try_set(methods.contains(method));
            }
        });
    }

    fn fill_more(self, introspection: Option<&HttpsUrl>, revocation: Option<&HttpsUrl>) {
        self.introspection_url.try_set(text(introspection));
        self.revocation_url.try_set(text(revocation));
    }

    /// Takes over what an issuer says about itself.
    pub(super) fn adopt(self, found: &IssuerMetadata) {
        let methods = &found.authentication_methods;
        self.fill_urls(Some(&found.issuer), &found.token_endpoint, found.jwks_uri.as_ref(), methods);
        self.fill_more(found.introspection_endpoint.as_ref(), found.revocation_endpoint.as_ref());
    }

    /// The provider as the fields describe it.
    ///
    /// # Errors
    ///
    /// [`Code::InvalidFields`] with each field that can't be read.
    pub(super) fn read(self) -> Result<ProviderForm, Problem> {
        let mut problem = Problem::new(Code::InvalidFields);
        let name = self.name.get_untracked().trim().to_owned();
        if name.is_empty() || name.chars().count() > 80 {
            problem = problem.with_error("name", "Give it a name of 1 to 80 characters.");
        }
        let assertion_audience = match self.audience.get_untracked().as_str() {
            "token_endpoint" => AssertionAudience::TokenEndpoint,
            "exact" => AssertionAudience::Exact(self.exact.get_untracked().trim().to_owned()),
            _ => AssertionAudience::Issuer,
        };
        if assertion_audience == AssertionAudience::Exact(String::new()) {
            problem = problem.with_error("audience", "Enter the exact text the provider wants.");
        }
        let kind = match self.kind.get_untracked().as_str() {
            "oauth" => self.read_oauth(&mut problem),
            "site_api" => self.site_api.read(&mut problem),
            _ => self.read_pingone(&mut problem),
        };
        let gateway = self.rules.read(&mut problem);
        match kind {
            Some(kind) if problem.errors.is_empty() => {
                let enabled = self.enabled.get_untracked();
                Ok(ProviderForm { name, enabled, kind, assertion_audience, gateway })
            }
            _ => Err(problem),
        }
    }

    fn read_pingone(self, problem: &mut Problem) -> Option<ProviderKind> {
        let regions = self.regions.with_value(|all| ticked(all));
        let mut custom_domains = Vec::new();
        for text in domain::connection::scopes(&self.custom_domains.get_untracked()) {
            match Host::parse(&text) {
                Ok(host) => custom_domains.push(host),
                Err(error) => add(problem, "custom_domains", format!("{text} is no domain: {error}.")),
            }
        }
        if regions.is_empty() && custom_domains.is_empty() && problem.errors.is_empty() {
            add(problem, "custom_domains", "Choose at least one region, or name a custom domain.".to_owned());
        }
        Some(ProviderKind::PingOne { regions, custom_domains })
    }

    fn read_oauth(self, problem: &mut Problem) -> Option<ProviderKind> {
        let issuer = optional(problem, "issuer", &self.issuer.get_untracked());
        let jwks_uri = optional(problem, "jwks_uri", &self.key_set_url.get_untracked());
        let token_endpoint = optional(problem, "token_endpoint", &self.token_url.get_untracked());
        if token_endpoint.is_none() && self.token_url.with_untracked(|text| text.trim().is_empty()) {
            add(problem, "token_endpoint", "The token URL is required. Look up the issuer to fill it in.".to_owned());
        }
        let authentication_methods = self.methods.with_value(|all| ticked(all));
        let more = MoreEndpoints {
            introspection_endpoint: optional(
                problem,
                "introspection_endpoint",
                &self.introspection_url.get_untracked(),
            ),
            revocation_endpoint: optional(problem, "revocation_endpoint", &self.revocation_url.get_untracked()),
            api_base: optional(problem, "api_base", &self.api_base.get_untracked()),
        };
        Some(ProviderKind::OAuth { issuer, token_endpoint: token_endpoint?, jwks_uri, authentication_methods, more })
    }
}

fn text(url: Option<&HttpsUrl>) -> String {
    url.map(ToString::to_string).unwrap_or_default()
}

/// Those of a list that are ticked.
pub(super) fn ticked<T: Copy>(all: &[(T, RwSignal<bool>)]) -> Vec<T> {
    all.iter().filter(|(_, ticked)| ticked.get_untracked()).map(|(one, _)| *one).collect()
}

/// Adds what is wrong with a field.
pub(super) fn add(problem: &mut Problem, field: &str, message: String) {
    *problem = problem.clone().with_error(field, message);
}

fn optional(problem: &mut Problem, field: &str, text: &str) -> Option<HttpsUrl> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    HttpsUrl::parse(text).map_err(|error| add(problem, field, format!("This can't be used: {error}."))).ok()
}

/// The loud word on an assertion audience that is not the issuer.
pub(super) fn audience_warning() -> AnyView {
    view! {
        <div class="notice bad">
            {icon(Icon::Alert)}
            <div>
                <p class="strong">"Unsafe assertion audience"</p>
                <p>
                    "Client assertions name something other than the issuer. A malicious server can then use such an assertion elsewhere (CVE-2025-27370; RFC 10070). Use this only for a provider that takes nothing else."
                </p>
            </div>
        </div>
    }
    .into_any()
}
