use super::{Fields, FoundToken};
use crate::connection::Credential;
use crate::provider::{ClientAuthentication, Host, Place, Region, is_uuid};
use crate::secret::Secret;
use crate::time::Timestamp;

/// What was found of one client, as it stands: nothing in it was judged yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The PingOne environment id.
    pub environment_id: Option<String>,
    /// The client id.
    pub client_id: Option<String>,
    /// The client secret.
    pub client_secret: Option<Secret>,
    /// The scopes.
    pub scopes: Vec<String>,
    /// The region's name.
    pub region: Option<String>,
    /// The custom domain.
    pub custom_domain: Option<String>,
    /// The authentication method's name.
    pub authentication: Option<String>,
    /// The application's name.
    pub name: Option<String>,
    /// Whether it is a client people sign in with: such a client is filed elsewhere.
    pub redirects: bool,
    /// When it was kept, if that was noted.
    pub saved_at: Option<Timestamp>,
    /// The token beside it.
    pub token: Option<FoundToken>,
}

/// A record that can be used: what a connection needs, besides a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The name it had.
    pub name: Option<String>,
    /// Which part of the provider.
    pub place: Place,
    /// The client id.
    pub client_id: String,
    /// The scopes.
    pub scopes: Vec<String>,
    /// How the client proves who it is.
    pub authentication: ClientAuthentication,
    /// The client secret, where one was there.
    pub credential: Option<Credential>,
}

/// Why a record can't be used as it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Something every connection needs is not there.
    #[error("the {0} is missing")]
    Missing(&'static str),
    /// The environment id is no UUID.
    #[error("its environment id is no UUID")]
    EnvironmentId,
    /// A region we don't know.
    #[error("its region \"{0}\" is not known")]
    Region(String),
    /// A custom domain that is none.
    #[error("its custom domain \"{0}\" is no host name")]
    CustomDomain(String),
    /// An authentication method we don't have, or one it could never use.
    #[error("its authentication method \"{0}\" can't be used with a client secret")]
    Authentication(String),
}

impl Record {
    /// Reads what is there of a client and its token.
    pub fn in_fields(fields: Fields<'_>) -> Self {
        let inner = fields.object(&["credentials", "workerToken"]);
        let own = inner.unwrap_or(fields);
        let (region, domain) = own.text(&["authHost", "auth_host"]).map(|host| of_host(&host)).unwrap_or_default();
        Self {
            environment_id: own.text(&["environmentId", "environment_id", "envId"]),
            client_id: own.text(&["clientId", "client_id"]),
            client_secret: own.secret(&["clientSecret", "client_secret"]),
            scopes: own.scopes(&["scopes", "scope"]),
            region: own.text(&["region"]).or(region),
            custom_domain: own.text(&["customDomain", "custom_domain"]).or(domain),
            authentication: own.text(&[
                "tokenEndpointAuthMethod",
                "token_endpoint_auth_method",
                "authMethod",
                "auth_method",
                "clientAuthMethod",
            ]),
            name: own.text(&["appName", "app_name"]),
            redirects: own.text(&["redirectUri", "redirect_uri"]).is_some(),
            saved_at: fields.time(&["savedAt", "saved_at", "timestamp"]).or_else(|| own.time(&["savedAt", "saved_at"])),
            token: FoundToken::in_fields(fields),
        }
    }

    /// Whether it says nothing of a client at all.
    pub fn is_empty(&self) -> bool {
        self.client_id.is_none() && self.client_secret.is_none() && self.environment_id.is_none()
    }

    /// How much it says: the more, the better.
    pub fn completeness(&self) -> usize {
        let texts = [&self.environment_id, &self.client_id, &self.region, &self.custom_domain, &self.authentication];
        texts.iter().filter(|text| text.is_some()).count()
            + usize::from(self.client_secret.is_some())
            + usize::from(!self.scopes.is_empty())
            + usize::from(self.name.is_some())
    }

    /// Whether two records of one client say different things of it.
    pub fn contradicts(&self, other: &Self) -> bool {
        fn apart<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
            one.zip(other).is_some_and(|(one, other)| one != other)
        }
        let region =
            |record: &Self| record.region.as_deref().map(|text| Region::parse(text).map_err(|_| text.to_owned()));
        let method = |record: &Self| record.authentication.as_deref().map(|text| method(text).ok_or(text.to_owned()));
        let domain = |record: &Self| record.custom_domain.as_deref().map(str::to_ascii_lowercase);
        apart(self.client_secret.as_ref(), other.client_secret.as_ref())
            || apart(region(self), region(other))
            || apart(method(self), method(other))
            || apart(domain(self), domain(other))
    }

    /// The record as something a connection can be made of. A record of the older app that named no region meant North
    /// America, and one that named no method meant `client_secret_post`: that is how that app read it.
    ///
    /// # Errors
    ///
    /// [`Flaw`] names what is missing or unknown.
    pub fn draft(&self) -> Result<Draft, Flaw> {
        let environment_id = self.environment_id.clone().ok_or(Flaw::Missing("environment id"))?;
        let client_id = self.client_id.clone().ok_or(Flaw::Missing("client id"))?;
        let secret = self.client_secret.clone().ok_or(Flaw::Missing("client secret"))?;
        if !is_uuid(&environment_id) {
            return Err(Flaw::EnvironmentId);
        }
        let custom_domain = self
            .custom_domain
            .as_deref()
            .map(|text| Host::parse(text).map_err(|_| Flaw::CustomDomain(shortened(text))));
        let custom_domain = custom_domain.transpose()?;
        let region = match self.region.as_deref() {
            Some(text) => Some(Region::parse(text).map_err(|_| Flaw::Region(shortened(text)))?),
            None if custom_domain.is_some() => None,
            None => Some(Region::Com),
        };
        let authentication = match self.authentication.as_deref() {
            Some(text) => method(text)
                .filter(|method| method.needs_secret())
                .ok_or_else(|| Flaw::Authentication(shortened(text)))?,
            None => ClientAuthentication::ClientSecretPost,
        };
        Ok(Draft {
            name: self.name.as_deref().map(shortened),
            place: Place { environment_id: Some(environment_id), region, custom_domain },
            client_id,
            scopes: self.scopes.clone(),
            authentication,
            credential: Some(Credential::ClientSecret(secret)),
        })
    }
}

/// The method with that registered name, or one of the short names the older app's files had.
fn method(text: &str) -> Option<ClientAuthentication> {
    match text {
        "basic" => Some(ClientAuthentication::ClientSecretBasic),
        "post" => Some(ClientAuthentication::ClientSecretPost),
        name => ClientAuthentication::from_name(name),
    }
}

/// Region or custom domain of an authorization host such as `auth.pingone.eu`.
fn of_host(host: &str) -> (Option<String>, Option<String>) {
    let bare = host.trim().trim_start_matches("https://").trim_end_matches('/').to_ascii_lowercase();
    match bare.strip_prefix("auth.pingone.") {
        Some(domain) => (Some(domain.to_owned()), None),
        None => (None, Some(bare)),
    }
}

/// A text a person reads, no longer than a line.
fn shortened(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::legacy::read_object;

    const ENVIRONMENT: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

    fn record(extra: &str) -> Record {
        let text = format!(
            r#"{{"environmentId":"{ENVIRONMENT}","clientId":"c","clientSecret":"a-secret-of-a-client"{extra}}}"#
        );
        Record::in_fields(Fields(&read_object(&text).unwrap()))
    }

    #[test]
    fn both_ways_of_writing_names_and_scopes_are_read() {
        let text = format!(
            r#"{{"environment_id":"{ENVIRONMENT}","client_id":"c","client_secret":"s","scope":"a b","region":"ap",
                "token_endpoint_auth_method":"client_secret_basic"}}"#
        );
        let draft = Record::in_fields(Fields(&read_object(&text).unwrap())).draft().unwrap();
        assert_eq!(draft.scopes, ["a", "b"]);
        assert_eq!(draft.place.region, Some(Region::Asia));
        assert_eq!(draft.authentication, ClientAuthentication::ClientSecretBasic);
        assert_eq!(record(r#","scopes":["a","b",1,null]"#).scopes, ["a", "b"]);
    }

    #[test]
    fn what_a_record_does_not_name_is_what_the_older_app_took_it_for() {
        let draft = record("").draft().unwrap();
        assert_eq!(
            (draft.place.region, draft.authentication),
            (Some(Region::Com), ClientAuthentication::ClientSecretPost)
        );
        let draft = record(r#","customDomain":"https://Login.Example.com/""#).draft().unwrap();
        assert_eq!(draft.place.custom_domain.unwrap().as_str(), "login.example.com");
        assert_eq!(draft.place.region, None);
    }

    #[test]
    fn what_is_not_known_is_named_and_not_guessed() {
        assert_eq!(record(r#","region":"mars""#).draft(), Err(Flaw::Region("mars".to_owned())));
        for method in ["none", "private_key_jwt", "magic"] {
            let found = record(&format!(r#","authMethod":"{method}""#)).draft();
            assert_eq!(found, Err(Flaw::Authentication(method.to_owned())));
        }
        assert_eq!(record(r#","customDomain":"no domain""#).draft(), Err(Flaw::CustomDomain("no domain".to_owned())));
        assert_eq!(record(r#","clientSecret":"""#).draft().map(|_| ()), Err(Flaw::Missing("client secret")));
    }

    #[test]
    fn a_host_tells_region_or_domain() {
        let host = |host: &str| record(&format!(r#","authHost":"{host}""#)).draft().unwrap().place;
        assert_eq!(host("https://auth.pingone.eu").region, Some(Region::Eu));
        assert_eq!(host("login.example.com").custom_domain.unwrap().as_str(), "login.example.com");
    }

    #[test]
    fn aliases_of_one_region_are_no_contradiction() {
        assert!(!record(r#","region":"us""#).contradicts(&record(r#","region":"com""#)));
        assert!(record(r#","region":"us""#).contradicts(&record(r#","region":"eu""#)));
        assert!(!record("").contradicts(&record(r#","region":"eu""#)));
    }
}
