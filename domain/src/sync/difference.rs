//! Two versions of a thing side by side, in words; no secret is in them.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{DEFAULT_SITE, ItemKey, ItemKind, SyncedConnection, SyncedSite};
use crate::settings::WorkerTokenSettings;

/// The longest text that is shown whole, in characters.
const LONGEST: usize = 120;

/// One thing in which two versions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What.
    pub label: &'static str,
    /// What the version that lost has.
    pub lost: String,
    /// What the one that stands has.
    pub stands: String,
}

type Rows = Vec<(&'static str, String)>;

/// What a person calls the thing of this version.
pub fn name_of(of: &ItemKey, value: &Value) -> String {
    let name = match of.kind {
        ItemKind::Connection => read::<SyncedConnection>(value).map(|synced| synced.connection.name),
        ItemKind::Site => read::<SyncedSite>(value).map(|synced| synced.token.name),
        ItemKind::Setting if of.id == DEFAULT_SITE => Some("Default site".to_owned()),
        ItemKind::Setting => Some("Settings of worker tokens".to_owned()),
        ItemKind::Conflict => None,
    };
    name.unwrap_or_else(|| "Something this version can't show".to_owned())
}

/// Where a version that lost differs from the one that stands; all it has where nothing stands.
pub fn differences(of: &ItemKey, lost: &Value, stands: Option<&Value>) -> Vec<Difference> {
    let (lost, stands) = (rows(of, lost), stands.map(|value| rows(of, value)));
    let beside = |at: usize| match &stands {
        Some(rows) => rows.get(at).map(|(_, text)| text.clone()).unwrap_or_default(),
        None => String::new(),
    };
    let pairs = lost.into_iter().enumerate().map(|(at, (label, lost))| Difference { label, lost, stands: beside(at) });
    pairs.filter(|pair| pair.lost != pair.stands).map(Difference::shown).collect()
}

impl Difference {
    /// A secret is never shown, only that it is another one.
    fn shown(self) -> Self {
        match self.label {
            "Client secret" | "Token" if self.lost.is_empty() => Self { lost: "not kept".to_owned(), ..self.hidden() },
            "Client secret" | "Token" => Self { lost: "another one".to_owned(), ..self.hidden() },
            _ => Self { lost: short(self.lost), stands: short(self.stands), ..self },
        }
    }

    fn hidden(self) -> Self {
        let stands = if self.stands.is_empty() { String::new() } else { "kept".to_owned() };
        Self { lost: String::new(), stands, ..self }
    }
}

fn rows(of: &ItemKey, value: &Value) -> Rows {
    match of.kind {
        ItemKind::Connection => read(value).map(of_connection).unwrap_or_default(),
        ItemKind::Site => read(value).map(of_site).unwrap_or_default(),
        ItemKind::Setting if of.id == DEFAULT_SITE => {
            let site = value.as_str().unwrap_or("none").to_owned();
            vec![("Token of the default site", site)]
        }
        ItemKind::Setting => read(value).map(of_settings).unwrap_or_default(),
        ItemKind::Conflict => Rows::new(),
    }
}

fn of_connection(synced: SyncedConnection) -> Rows {
    let SyncedConnection { connection, secret } = synced;
    let place = connection.place;
    let region = place.region.map(|region| region.name().to_owned());
    vec![
        ("Name", connection.name),
        ("Client id", connection.client_id),
        ("Environment", place.environment_id.unwrap_or_default()),
        ("Region", region.unwrap_or_default()),
        ("Custom domain", place.custom_domain.map(|host| host.as_str().to_owned()).unwrap_or_default()),
        ("Scopes", connection.scopes.join(" ")),
        ("Authentication", connection.authentication.name().to_owned()),
        ("Client secret", secret.map(|secret| secret.expose().to_owned()).unwrap_or_default()),
        ("Keeps its credential", yes_or_no(connection.keep_credential)),
    ]
}

fn of_site(synced: SyncedSite) -> Rows {
    let SyncedSite { token, text } = synced;
    let device = token.place.device.clone().unwrap_or_default();
    vec![
        ("Name", token.name),
        ("Site", token.place.site.to_string()),
        ("Device", device),
        ("Token", text.map(|text| text.expose().to_owned()).unwrap_or_default()),
        ("Shown as", token.masked),
    ]
}

fn of_settings(settings: WorkerTokenSettings) -> Rows {
    vec![
        ("Auto-renewal", yes_or_no(settings.auto_renewal)),
        ("Renewal threshold", format!("{} s", settings.renewal_threshold.seconds())),
        ("Quick retries", settings.retry_attempts.to_string()),
        ("First pause", format!("{} ms", settings.retry_delay.millis())),
        ("Silent retrieval", yes_or_no(settings.silent_retrieval)),
        ("Show token at the end", yes_or_no(settings.show_token_at_end)),
        ("An issue is shown for", format!("{} ms", settings.issue_shown.millis())),
    ]
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

fn short(text: String) -> String {
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::super::content::tests::{connection, kept};
    use super::*;
    use crate::connection::Connection;
    use crate::secret::Secret;

    fn of(kind: ItemKind) -> ItemKey {
        ItemKey::new(kind, "worker_tokens")
    }

    fn value(connection: &Connection, secret: Option<&str>) -> Value {
        let secret = secret.map(Secret::new);
        serde_json::to_value(SyncedConnection::of(connection, secret.as_ref()).unwrap()).unwrap()
    }

    #[test]
    fn only_what_differs_is_named_and_no_secret_is() {
        let other = Connection { name: "Billing 2".to_owned(), ..connection() };
        let (lost, stands) = (value(&other, Some("canary-1")), value(&connection(), Some("canary-2")));
        let shown = differences(&of(ItemKind::Connection), &lost, Some(&stands));
        let labels: Vec<_> = shown.iter().map(|it| (it.label, it.lost.as_str(), it.stands.as_str())).collect();
        assert_eq!(labels, [("Name", "Billing 2", "Billing"), ("Client secret", "another one", "kept")]);
        assert_eq!(name_of(&of(ItemKind::Connection), &lost), "Billing 2");
        assert!(differences(&of(ItemKind::Connection), &lost, Some(&lost)).is_empty());
    }

    #[test]
    fn where_nothing_stands_all_the_version_has_is_named() {
        let lost = serde_json::to_value(SyncedSite::of(&kept("canary-text")).unwrap()).unwrap();
        let shown = differences(&of(ItemKind::Site), &lost, None);
        assert!(shown.iter().any(|it| it.label == "Site" && it.stands.is_empty()));
        assert!(!format!("{shown:?}").contains("canary"), "{shown:?}");
    }

    #[test]
    fn settings_are_named_in_words() {
        let (one, other) =
            (WorkerTokenSettings::default(), WorkerTokenSettings { retry_attempts: 9, ..Default::default() });
        let value = |settings| serde_json::to_value(settings).unwrap();
        let shown = differences(&of(ItemKind::Setting), &value(other), Some(&value(one)));
        assert_eq!(shown, [Difference { label: "Quick retries", lost: "9".to_owned(), stands: "3".to_owned() }]);
    }

    #[test]
    fn what_this_version_can_not_read_is_said_to_be_so() {
        assert_eq!(name_of(&of(ItemKind::Site), &Value::Null), "Something this version can't show");
        assert!(differences(&of(ItemKind::Site), &Value::Null, None).is_empty());
    }
}
