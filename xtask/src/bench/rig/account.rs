//! Who asks for tokens: an admin signed in at the server, with a client of the sandbox.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::super::http::{Answer, Connection, Request};

/// A session, and the client whose tokens it asks for.
pub struct Account {
    cookie: String,
    provider: String,
    client: Value,
}

impl Account {
    /// Makes the first admin with the setup link's key, and a sandbox client.
    pub fn set_up(server: &mut Connection, key: &str) -> anyhow::Result<Self> {
        let mut account = Self { cookie: String::new(), provider: String::new(), client: Value::Null };
        let admin = json!({ "key": key, "username": "bench", "password": "a-password-for-measuring" });
        let answer = account.send(server, "POST", "/api/v1/setup", &admin.to_string())?;
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        account.cookie = cookie.context("the setup gave no session")?.to_owned();
        let wish = json!({ "authentication": "client_secret_post", "lifetime_seconds": 3600 });
        account.client = account.send(server, "POST", "/api/v1/sandbox/clients", &wish.to_string())?.json()?;
        let providers = account.send(server, "GET", "/api/v1/providers", "")?.json()?;
        account.provider = sandbox_id(&providers).context("the server lists no sandbox provider")?;
        Ok(account)
    }

    /// The headers of a request of this session.
    pub fn headers(&self) -> [(&str, &str); 4] {
        let site = ("Sec-Fetch-Site", "same-origin");
        [("Content-Type", "application/json"), ("x-tokenkeep-request", "1"), site, ("Cookie", &self.cookie)]
    }

    /// The body of a request for a token, to our server.
    pub fn token_body(&self) -> String {
        json!({
            "provider": self.provider,
            "place": { "environment_id": self.client["environment_id"] },
            "client_id": self.client["client_id"],
            "scopes": [],
            "proof": { "method": "client_secret_post", "client_secret": self.client["client_secret"] },
        })
        .to_string()
    }

    /// The form of the same request, to the sandbox itself, whose ids and secrets need no escapes.
    pub fn sandbox_form(&self) -> anyhow::Result<String> {
        let (id, secret) = (self.client_text("client_id")?, self.client_text("client_secret")?);
        Ok(format!("grant_type=client_credentials&client_id={id}&client_secret={secret}"))
    }

    /// The path of the sandbox's token endpoint.
    pub fn sandbox_path(&self) -> anyhow::Result<String> {
        Ok(format!("/{}/as/token", self.client_text("environment_id")?))
    }

    fn client_text(&self, key: &str) -> anyhow::Result<&str> {
        self.client[key].as_str().with_context(|| format!("the sandbox's client has no {key}"))
    }

    fn send(&self, server: &mut Connection, method: &str, path: &str, body: &str) -> anyhow::Result<Answer> {
        let answer = server.send(&Request { method, path, headers: &self.headers(), body })?;
        let words = String::from_utf8_lossy(&answer.body);
        ensure!(answer.status < 300, "{method} {path} answered {}: {words}", answer.status);
        Ok(answer)
    }
}

fn sandbox_id(providers: &Value) -> Option<String> {
    let sandbox = providers.as_array()?.iter().find(|provider| provider["kind"]["type"] == "sandbox")?;
    sandbox["id"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{json, sandbox_id};

    #[test]
    fn the_sandbox_is_found_among_other_providers() {
        let ping = json!({ "id": "1", "kind": { "type": "pingone" } });
        let sandbox = json!({ "id": "2", "kind": { "type": "sandbox", "origin": "http://127.0.0.1:7430" } });
        assert_eq!(sandbox_id(&json!([ping, sandbox])), Some("2".to_owned()));
    }
}
