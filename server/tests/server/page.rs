//! A page of another origin that embeds the widget.

use std::net::IpAddr;

use axum::http::HeaderMap;
use domain::api::org::{AddOrgKey, OrgKey, OrgKeyForm};
use domain::api::widget::{
    BeginConversation, Boot, Bootloader, Message, Messages, NewConversation, ORG_KEY_HEADER, ReadMessages, SendMessage,
    VISITOR_KEY_HEADER, WidgetConfig,
};
use domain::api::{Endpoint, Problem};
use domain::id::ConversationId;
use serde::de::DeserializeOwned;

use crate::rig::{Answer, Browser, Rig};

pub const ORIGIN: &str = "https://www.example.com";

pub fn form(name: &str, origin: &str) -> OrgKeyForm {
    OrgKeyForm {
        name: name.to_owned(),
        origins: vec![origin.to_owned()],
        lifetime_seconds: 60,
        widget: WidgetConfig::default(),
    }
}

/// Makes an org key for one origin.
pub async fn org_key(admin: &mut Browser, name: &str, origin: &str) -> OrgKey {
    admin.ask(AddOrgKey, form(name, origin)).await.unwrap()
}

/// A page in a browser that holds no cookie of ours.
#[derive(Clone)]
pub struct Page {
    pub browser: Browser,
    pub origin: String,
    pub key: String,
    pub token: String,
    pub visitor_key: String,
}

impl Page {
    /// A page of the origin with the org's key; it has no token yet.
    pub fn new(rig: &Rig, org: &OrgKey, origin: &str) -> Self {
        let (origin, key) = (origin.to_owned(), org.key.clone());
        Self { browser: rig.browser(), origin, key, token: String::new(), visitor_key: String::new() }
    }

    /// A page that has been booted.
    pub async fn booted(rig: &Rig, org: &OrgKey) -> Self {
        let mut page = Self::new(rig, org, ORIGIN);
        page.boot().await.unwrap();
        page
    }

    pub fn at(mut self, address: [u8; 4]) -> Self {
        self.browser.address = IpAddr::from(address);
        self
    }

    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all = vec![("origin", self.origin.as_str()), ("sec-fetch-site", "cross-site")];
        all.retain(|(name, value)| !(*name == "origin" && value.is_empty()));
        all.extend_from_slice(headers);
        self.browser.send(method, path, &all, body).await
    }

    pub async fn boot_answer(&mut self) -> Answer {
        let key = self.key.clone();
        self.send("GET", Bootloader::TEMPLATE, &[(ORG_KEY_HEADER, &key)], "").await
    }

    /// Gets a token and keeps it.
    pub async fn boot(&mut self) -> Result<Boot, Problem> {
        let boot: Boot = read(&self.boot_answer().await)?;
        self.token = boot.org_token.expose().to_owned();
        Ok(boot)
    }

    /// Calls a route of the widget's with the token.
    pub async fn call<E: Endpoint>(&mut self, endpoint: E, query: &str, key: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let visitor_key = self.visitor_key.clone();
        let mut headers = vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        headers.extend((!key.is_empty()).then_some(("idempotency-key", key)));
        headers.extend((!visitor_key.is_empty()).then_some((VISITOR_KEY_HEADER, visitor_key.as_str())));
        self.send(E::METHOD.name(), &format!("{}{query}", endpoint.path()), &headers, body).await
    }

    /// Begins a conversation and keeps its key.
    pub async fn begin(&mut self, key: &str) -> Result<NewConversation, Problem> {
        let begun: NewConversation = read(&self.call(BeginConversation, "", key, "").await)?;
        self.visitor_key = begun.visitor_key.expose().to_owned();
        Ok(begun)
    }

    pub async fn write(&mut self, id: &ConversationId, client_id: &str, text: &str) -> Result<Message, Problem> {
        let body = serde_json::json!({ "text": text, "client_id": client_id }).to_string();
        read(&self.call(SendMessage { id: id.clone() }, "", client_id, &body).await)
    }

    pub async fn read(&mut self, id: &ConversationId, query: &str) -> Result<Messages, Problem> {
        read(&self.call(ReadMessages { id: id.clone() }, query, "", "").await)
    }
}

pub fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Problem> {
    if answer.status.is_success() { Ok(serde_json::from_str(&answer.body).unwrap()) } else { Err(answer.problem()) }
}

/// The origin that may read an answer.
pub fn allowed(headers: &HeaderMap) -> Option<&str> {
    headers.get("access-control-allow-origin").map(|value| value.to_str().unwrap())
}
