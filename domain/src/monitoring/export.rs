use serde_json::{Value, json};

use super::standing;
use crate::id::ProviderId;
use crate::keeper::ConnectionView;
use crate::time::Timestamp;
use crate::time::date::{self, Day};

/// The name of the file: `token-monitoring-2026-11-21.json`, the day in UTC.
pub fn file_name(now: Timestamp) -> String {
    format!("token-monitoring-{}.json", Day::of(now))
}

/// What is known of all tokens, as a JSON file. No token and no credential is in it: the view has none.
pub fn export(connections: &[ConnectionView], provider_name: &dyn Fn(&ProviderId) -> String, now: Timestamp) -> String {
    let tokens: Vec<Value> = connections.iter().map(|one| entry(one, provider_name, now)).collect();
    let file = json!({
        "kind": "tokenkeep.token-monitoring",
        "version": 1,
        "exported_at": date::utc(now),
        "tokens": tokens,
    });
    format!("{file:#}\n")
}

fn entry(one: &ConnectionView, provider_name: &dyn Fn(&ProviderId) -> String, now: Timestamp) -> Value {
    let connection = &one.connection;
    let token = one.token.as_ref().map(|token| {
        json!({
            "generation": token.generation,
            "token_type": token.token_type,
            "scope": token.scope,
            "issued_at": date::utc(token.received_at),
            "expires_at": date::utc(token.expires_at),
            "renew_at": date::utc(token.renew_at),
            "lifetime_known": token.lifetime_known,
            "host": token.host,
            "took_ms": token.took.millis(),
            "tries": token.tries,
        })
    });
    json!({
        "kind": "worker",
        "status": standing(one, now).map_or("none", |standing| standing.word()).to_lowercase(),
        "connection": connection.name,
        "provider": provider_name(&connection.provider),
        "place": connection.place,
        "client_id": connection.client_id,
        "scopes_asked_for": connection.scopes,
        "authentication": connection.authentication,
        "has_credential": one.has_credential,
        "token": token,
        "failure": one.failure.as_ref().map(|failure| json!({
            "at": date::utc(failure.at),
            "code": failure.problem.code,
            "title": failure.problem.title,
        })),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, connection, failing, token};
    use super::*;
    use crate::keeper::Remedy;

    #[test]
    fn the_file_says_how_each_token_stands_and_when_it_ends() {
        let all = [connection("a", Some(token(1_000))), failing(Remedy::Person, connection("b", None))];
        let file: Value = serde_json::from_str(&export(&all, &|_| "PingOne".to_owned(), NOW)).unwrap();
        let [first, second] = file["tokens"].as_array().unwrap().as_slice() else { panic!() };
        assert_eq!(
            (&first["status"], &first["token"]["expires_at"]),
            (&json!("active"), &json!("2026-11-21T02:16:40Z"))
        );
        assert_eq!((&second["status"], &second["token"]), (&json!("error"), &Value::Null));
        assert_eq!((&second["failure"]["code"], &second["provider"]), (&json!("upstream_refused"), &json!("PingOne")));
    }

    #[test]
    fn the_files_name_has_the_day() {
        assert_eq!(file_name(NOW), "token-monitoring-2026-11-21.json");
    }
}
