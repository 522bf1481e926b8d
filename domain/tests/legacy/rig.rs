//! Texts as the older app wrote them, by hand, and a plan for them.

use domain::connection::{Connection, Credential};
use domain::id::{ConnectionId, ProviderId};
use domain::keeper::Moment;
use domain::legacy::{Area, Held, Item, Plan, plan};
use domain::provider::{
    AssertionAudience, ClientAuthentication, GatewayRules, Host, Place, Provider, ProviderKind, Region,
};
use domain::secret::Secret;
use domain::time::Timestamp;

pub const ENVIRONMENT: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
pub const SECRET: &str = "made-up-secret-of-a-test";
pub const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

pub fn local(key: &str, text: &str) -> Item {
    Item { area: Area::Local, key: key.to_owned(), text: Secret::new(text) }
}

pub fn session(key: &str, text: &str) -> Item {
    Item { area: Area::Session, ..local(key, text) }
}

pub fn database(id: &str, text: &str) -> Item {
    Item { area: Area::Database, ..local(id, text) }
}

/// The fields of a client, with more behind them.
pub fn client(id: &str, more: &str) -> String {
    format!(r#"{{"environmentId":"{ENVIRONMENT}","clientId":"{id}","clientSecret":"{SECRET}"{more}}}"#)
}

pub fn pingone(regions: &[Region]) -> Provider {
    Provider {
        id: ProviderId::new("pingone"),
        name: "PingOne".to_owned(),
        enabled: true,
        kind: ProviderKind::PingOne {
            regions: regions.to_vec(),
            custom_domains: vec![Host::parse("login.example.com").unwrap()],
        },
        assertion_audience: AssertionAudience::Issuer,
        gateway: GatewayRules::default(),
    }
}

pub fn planned(items: &[Item]) -> Plan {
    with_held(items, &[])
}

pub fn with_held(items: &[Item], held: &[Held]) -> Plan {
    plan(items, &[pingone(&[Region::Com, Region::Eu])], held, Moment { now: NOW, random: 7 })
}

/// What was taken over, as client ids with their secrets.
pub fn taken(plan: &Plan) -> Vec<(&str, &str)> {
    plan.adopted
        .iter()
        .map(|it| match &it.credential {
            Credential::ClientSecret(secret) => (it.connection.client_id.as_str(), secret.expose()),
            Credential::PrivateKey(_) => (it.connection.client_id.as_str(), "a private key"),
        })
        .collect()
}

pub fn held(client_id: &str, secret: &str) -> Held {
    let connection = Connection {
        id: ConnectionId::new("held"),
        name: "Billing".to_owned(),
        provider: ProviderId::new("pingone"),
        place: Place {
            environment_id: Some(ENVIRONMENT.to_uppercase()),
            region: Some(Region::Com),
            custom_domain: None,
        },
        client_id: client_id.to_owned(),
        scopes: Vec::new(),
        authentication: ClientAuthentication::ClientSecretPost,
        keep_credential: true,
        created_at: NOW,
        removed_at: None,
    };
    Held { connection, secret: Some(Secret::new(secret)) }
}
