use serde_json::{Map, Value};

use super::features::{self, Group};
use crate::management::lenient;
use crate::time::Timestamp;

/// The state of a licence, as the API has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// In force.
    Active,
    /// Past its end.
    Expired,
    /// Before its beginning.
    Future,
    /// Ended before its time.
    Terminated,
    /// A word that is not known, as it stands; empty when there is none.
    Other(String),
}

impl State {
    fn of(word: &str) -> Self {
        match word.to_ascii_uppercase().as_str() {
            "ACTIVE" => Self::Active,
            "EXPIRED" => Self::Expired,
            "FUTURE" => Self::Future,
            "TERMINATED" => Self::Terminated,
            _ => Self::Other(word.to_owned()),
        }
    }

    /// What a person reads.
    pub fn word(&self) -> &str {
        match self {
            Self::Active => "Active",
            Self::Expired => "Expired",
            Self::Future => "Future",
            Self::Terminated => "Terminated",
            Self::Other(word) if word.is_empty() => "State not given",
            Self::Other(word) => word,
        }
    }

    /// Where it stands in a list: what is in force first.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::Active => 0,
            Self::Other(_) => 1,
            Self::Future => 2,
            Self::Expired => 3,
            Self::Terminated => 4,
        }
    }
}

/// A licence. What the answer does not say is `None`: nothing is made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct License {
    /// Its identifier.
    pub id: String,
    /// Its name; the identifier when it has none.
    pub name: String,
    /// Its package, such as `PREMIUM`.
    pub package: Option<String>,
    /// Its state.
    pub state: State,
    /// When it begins.
    pub begins: Option<Timestamp>,
    /// When it expires.
    pub expires: Option<Timestamp>,
    /// When it ends for good, where that is set.
    pub terminates: Option<Timestamp>,
    /// How many environments it is assigned to.
    pub environments: Option<u64>,
    /// How many environments it allows.
    pub most_environments: Option<u64>,
    /// In which regions environments are allowed.
    pub regions: Vec<String>,
    /// How many identities may be active in a year.
    pub active_in_a_year: Option<u64>,
    /// How many identities may be active in a month.
    pub active_in_a_month: Option<u64>,
    /// How many identities it is made for.
    pub most_users: Option<u64>,
    /// How many identities there can be at all.
    pub hard_limit: Option<u64>,
    /// The identifier of the licence it replaced.
    pub replaces: Option<String>,
    /// The identifier of the licence that replaces it.
    pub replaced_by: Option<String>,
    /// What it allows, group by group.
    pub groups: Vec<Group>,
}

impl License {
    /// Reads a licence; `None` for what has no identifier.
    pub fn read(entry: &Value) -> Option<Self> {
        let fields = entry.as_object()?;
        let id = text(fields, "id")?;
        let moment = |name: &str| lenient::moment(fields.get(name)?);
        let environments = fields.get("environments").and_then(Value::as_object);
        let users = fields.get("users").and_then(Value::as_object);
        let number = |part: Option<&Map<String, Value>>, name: &str| lenient::whole(part?.get(name)?);
        let regions = environments.and_then(|part| part.get("regions")).and_then(Value::as_array);
        Some(Self {
            name: text(fields, "name").unwrap_or_else(|| id.clone()),
            id,
            package: text(fields, "package"),
            state: State::of(&text(fields, "status").unwrap_or_default()),
            begins: moment("beginsAt"),
            expires: moment("expiresAt"),
            terminates: moment("terminatesAt"),
            environments: number(Some(fields), "assignedEnvironmentsCount"),
            most_environments: number(environments, "max"),
            regions: regions.into_iter().flatten().filter_map(lenient::text).collect(),
            active_in_a_year: number(users, "annualActiveIncluded"),
            active_in_a_month: number(users, "monthlyActiveIncluded"),
            most_users: number(users, "max"),
            hard_limit: number(users, "hardLimitMax"),
            replaces: other(fields, "replacesLicense"),
            replaced_by: other(fields, "replacedByLicense"),
            groups: features::groups(fields),
        })
    }

    /// Whether it is a trial.
    pub fn is_trial(&self) -> bool {
        self.package.as_ref().is_some_and(|package| package.to_ascii_uppercase().contains("TRIAL"))
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    lenient::text(fields.get(name)?)
}

/// The identifier of another licence: alone, or in an object.
fn other(fields: &Map<String, Value>, name: &str) -> Option<String> {
    let value = fields.get(name)?;
    lenient::text(value.get("id").unwrap_or(value))
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    /// As the sandbox and the reference have it.
    pub(in super::super) fn whole() -> Value {
        json!({
            "id": "l-1", "name": "Whole house", "package": "PREMIUM", "status": "ACTIVE", "organization": { "id": "o" },
            "beginsAt": "2026-05-05T00:00:00.000Z", "expiresAt": "2027-05-05T00:00:00.000Z",
            "terminatesAt": "2027-06-05T00:00:00.000Z", "assignedEnvironmentsCount": 2,
            "users": { "max": 5_000, "hardLimitMax": 7_500, "annualActiveIncluded": 2_500, "monthlyActiveIncluded": 1_750,
                "allowPasswordManagementNotifications": true },
            "environments": { "max": 10, "regions": ["EU", "CA"], "allowAddResources": true },
            "mfa": { "allowPushNotification": true, "allowTotp": false },
            "replacesLicense": { "id": "l-0" }, "replacedByLicense": { "id": "l-2" },
        })
    }

    /// A licence with a few fields of its own.
    pub(in super::super) fn with(fields: Value) -> License {
        let mut entry = json!({ "id": "l" });
        entry.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        License::read(&entry).unwrap()
    }

    #[test]
    fn a_whole_licence_is_read() {
        let license = License::read(&whole()).unwrap();
        assert_eq!((license.id.as_str(), license.name.as_str()), ("l-1", "Whole house"));
        assert_eq!((license.state.clone(), license.package.as_deref()), (State::Active, Some("PREMIUM")));
        assert_eq!((license.environments, license.most_environments), (Some(2), Some(10)));
        assert_eq!((license.active_in_a_year, license.active_in_a_month), (Some(2_500), Some(1_750)));
        assert_eq!((license.most_users, license.hard_limit), (Some(5_000), Some(7_500)));
        assert_eq!(license.regions, ["EU", "CA"]);
        assert_eq!((license.replaces.as_deref(), license.replaced_by.as_deref()), (Some("l-0"), Some("l-2")));
        assert_eq!(license.begins, lenient::moment(&json!("2026-05-05T00:00:00Z")));
        assert!(license.terminates > license.expires && license.expires > license.begins);
    }

    #[test]
    fn what_is_not_said_is_not_made_up() {
        let license = License::read(&json!({ "id": "l" })).unwrap();
        assert_eq!((license.name.as_str(), license.state.word()), ("l", "State not given"));
        assert_eq!(
            (license.begins, license.expires, license.environments, license.active_in_a_year),
            (None, None, None, None)
        );
        assert!(license.groups.is_empty() && !license.is_trial());
    }

    #[test]
    fn states_are_known_in_either_case_and_others_kept_as_they_are() {
        for (word, state) in [
            ("ACTIVE", State::Active),
            ("expired", State::Expired),
            ("FUTURE", State::Future),
            ("TERMINATED", State::Terminated),
            ("On hold", State::Other("On hold".to_owned())),
        ] {
            assert_eq!(with(json!({ "status": word })).state, state);
        }
        assert_eq!(with(json!({ "status": "On hold" })).state.word(), "On hold");
    }

    #[test]
    fn fields_of_another_kind_lose_nothing_else() {
        let license = License::read(&json!({
            "id": 7, "name": 8, "status": ["ACTIVE"], "beginsAt": 1_795_226_400_000_u64, "expiresAt": "whenever", "users": 5,
            "environments": { "max": "10", "regions": "EU" }, "assignedEnvironmentsCount": "3", "replacesLicense": "l-0",
        }))
        .unwrap();
        assert_eq!((license.id.as_str(), license.name.as_str()), ("7", "8"));
        assert_eq!((license.begins, license.expires), (Some(Timestamp::from_seconds(1_795_226_400)), None));
        assert_eq!((license.environments, license.most_environments), (Some(3), Some(10)));
        assert_eq!(license.replaces.as_deref(), Some("l-0"));
    }

    #[test]
    fn what_has_no_identifier_is_no_licence() {
        for entry in
            [json!(null), json!({}), json!({ "id": "" }), json!({ "id": null, "name": "x" }), json!("l"), json!([])]
        {
            assert_eq!(License::read(&entry), None, "{entry}");
        }
    }

    #[test]
    fn a_trial_is_known_by_its_package() {
        assert!(with(json!({ "package": "TRIAL" })).is_trial());
        assert!(with(json!({ "package": "mfa_trial" })).is_trial());
        assert!(!with(json!({ "package": "PREMIUM", "name": "Trial" })).is_trial());
    }
}
