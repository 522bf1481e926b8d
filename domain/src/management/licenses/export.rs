use serde_json::{Value, json};

use super::{License, Organization, Usage, environments};
use crate::csv::File;
use crate::time::Timestamp;
use crate::time::date::utc;

/// The columns of the table.
const HEAD: [&str; 18] = [
    "id",
    "name",
    "package",
    "state",
    "begins",
    "expires",
    "terminates",
    "days left",
    "environments used",
    "environments allowed",
    "regions",
    "active identities included in a month",
    "active identities included in a year",
    "active identities in the latest month",
    "active identities in the year",
    "users",
    "replaces",
    "replaced by",
];

/// The active identities of a licence, in its latest month and its year, as far as they are known.
pub type Known<'a> = &'a dyn Fn(&str) -> Option<[Usage; 2]>;

/// The licences as a table.
pub fn csv(licenses: &[License], now: Timestamp, known: Known) -> String {
    let mut file = File::new(&HEAD);
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let moment = |moment: Option<Timestamp>| moment.map(utc).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    for license in licenses {
        let active = |place: usize| known(&license.id).map(|usage| said(&usage[place])).unwrap_or_default();
        file.row([
            license.id.clone(),
            license.name.clone(),
            text(&license.package),
            license.state.word().to_owned(),
            moment(license.begins),
            moment(license.expires),
            moment(license.terminates),
            number(license.life(now).days_left),
            number(license.environments),
            number(license.most_environments),
            license.regions.join(" "),
            number(license.active_in_a_month),
            number(license.active_in_a_year),
            active(0),
            active(1),
            number(license.most_users),
            text(&license.replaces),
            text(&license.replaced_by),
        ]);
    }
    file.into_text()
}

/// `1800`, `at least 1800`.
fn said(usage: &Usage) -> String {
    let number = usage.used.map(|used| used.to_string()).unwrap_or_default();
    if usage.at_least { format!("at least {number}") } else { number }
}

/// The licences with everything that was read of them.
pub fn json(organization: Option<&Organization>, licenses: &[License], now: Timestamp, known: Known) -> String {
    let organization = organization.map(|one| {
        json!({ "id": one.id, "name": one.name, "description": one.description, "type": one.kind, "region": one.region,
            "createdAt": one.created.map(utc), "updatedAt": one.updated.map(utc) })
    });
    let licenses: Vec<Value> = licenses.iter().map(|license| one(license, now, known)).collect();
    let file = json!({ "made_at": utc(now), "organization": organization, "licenses": licenses });
    // A value made here always has a text.
    format!("{file:#}\n")
}

fn one(license: &License, now: Timestamp, known: Known) -> Value {
    let usage = |usage: &Usage| json!({ "used": usage.used, "allowed": usage.allowed, "at_least": usage.at_least, "of": usage.of });
    let active = known(&license.id).map(|[month, year]| json!({ "month": usage(&month), "year": usage(&year) }));
    let features = |group: &super::Group| {
        let pairs = group.features.iter().map(|feature| (feature.name.clone(), Value::from(feature.value.clone())));
        (group.name.clone(), Value::Object(pairs.collect()))
    };
    json!({
        "id": license.id, "name": license.name, "package": license.package, "state": license.state.word(),
        "beginsAt": license.begins.map(utc), "expiresAt": license.expires.map(utc), "terminatesAt": license.terminates.map(utc),
        "days_left": license.life(now).days_left, "environments": usage(&environments(license)), "regions": license.regions,
        "active_identities": active, "users": license.most_users, "hard_limit": license.hard_limit,
        "replaces": license.replaces, "replaced_by": license.replaced_by,
        "features": Value::Object(license.groups.iter().map(features).collect()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::license::tests::{whole, with};
    use super::*;
    use crate::time::date::read;

    fn now() -> Timestamp {
        read("2026-11-21T00:00:00Z").unwrap()
    }

    #[test]
    fn the_table_has_a_line_for_every_licence_and_runs_nothing() {
        let licenses = [License::read(&whole()).unwrap(), with(json!({ "name": "=1+1" }))];
        let text = csv(&licenses, now(), &|_| None);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(
            lines[1],
            "l-1,Whole house,PREMIUM,Active,2026-05-05T00:00:00Z,2027-05-05T00:00:00Z,2027-06-05T00:00:00Z,165,2,10,EU CA,1750,2500,,,5000,l-0,l-2"
        );
        assert!(lines[2].starts_with("l,'=1+1,,State not given,"), "{}", lines[2]);
        assert!(lines.iter().all(|line| line.matches(',').count() == HEAD.len() - 1));
    }

    #[test]
    fn what_is_known_of_activity_is_in_both_files() {
        let license = License::read(&whole()).unwrap();
        let [mut month, mut year] = super::super::included(&license, None, None, now());
        (month.used, year.used, year.at_least) = (Some(1_400), Some(1_800), true);
        let known = move |_: &str| Some([month.clone(), year.clone()]);
        assert!(csv(std::slice::from_ref(&license), now(), &known).contains(",1400,at least 1800,"));
        let file: Value = serde_json::from_str(&json(None, &[license], now(), &known)).unwrap();
        assert_eq!(
            file["licenses"][0]["active_identities"]["year"],
            json!({ "used": 1_800, "allowed": 2_500, "at_least": true, "of": "" })
        );
    }

    #[test]
    fn the_json_file_has_features_by_their_groups() {
        let file: Value =
            serde_json::from_str(&json(None, &[License::read(&whole()).unwrap()], now(), &|_| None)).unwrap();
        assert_eq!(
            file["licenses"][0]["features"]["MFA"],
            json!({ "Allow TOTP": "No", "Allow push notification": "Yes" })
        );
        assert_eq!(
            (file["made_at"].as_str(), file["licenses"][0]["days_left"].as_u64()),
            (Some("2026-11-21T00:00:00Z"), Some(165))
        );
    }
}
