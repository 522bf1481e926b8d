//! The licences: five, one of each state and one more that is active.

use domain::time::{Span, Timestamp};
use serde_json::{Value, json};

use super::dice::{self, Kind};
use super::structure::ENVIRONMENT_COUNT;
use super::{DAY, World, dates};

/// Name, package, first day and last day relative to the day the sandbox was opened, users included in a year.
const LICENSES: [(&str, &str, i64, i64, u64); 5] = [
    ("Paper mill, whole house", "PREMIUM", -200, 165, 2_500),
    ("Trial of strong authentication", "TRIAL", -20, 10, 500),
    ("Paper mill, next contract", "PREMIUM", 165, 530, 4_000),
    ("Paper mill, former contract", "ESSENTIAL", -565, -200, 2_000),
    ("Cancelled trial", "TRIAL", -400, -370, 100),
];

/// The one that was ended before its time.
const TERMINATED: u64 = 4;

/// How many licences there are.
pub(crate) const LICENSE_COUNT: u64 = LICENSES.len() as u64;

impl World {
    /// Contracts are renewed every year, so that the picture stays the same however long the sandbox is kept.
    fn renewed(self, days: i64, now: Timestamp) -> Timestamp {
        let years = now.since(self.born()).millis() / (DAY.millis() * 365);
        let day = i64::try_from(DAY.millis()).unwrap_or(0);
        self.born().shifted((days + i64::try_from(years).unwrap_or(0) * 365) * day)
    }

    /// Where a licence begins.
    pub(crate) fn license_begins(self, index: u64, now: Timestamp) -> Option<Timestamp> {
        Some(self.renewed(LICENSES.get(usize::try_from(index).ok()?)?.2, now))
    }

    /// A licence, as `GET …/licenses/{id}` shows it.
    pub(crate) fn license(self, index: u64, now: Timestamp, organization: &str) -> Option<Value> {
        let (name, package, first, last, included) = LICENSES.get(usize::try_from(index).ok()?)?;
        let (begins, expires) = (self.renewed(*first, now), self.renewed(*last, now));
        let status = match () {
            () if index == TERMINATED => "TERMINATED",
            () if now < begins => "FUTURE",
            () if expires <= now => "EXPIRED",
            () => "ACTIVE",
        };
        let assigned = match (status, index) {
            ("ACTIVE", 0) => ENVIRONMENT_COUNT - 1,
            ("ACTIVE", _) => 1,
            _ => 0,
        };
        let mut license = json!({
            "id": dice::id(Kind::License, index), "name": name, "package": package, "status": status,
            "organization": { "id": organization }, "beginsAt": dates::text(begins), "expiresAt": dates::text(expires),
            "assignedEnvironmentsCount": assigned,
            "users": { "max": included * 2, "hardLimitMax": included * 3, "annualActiveIncluded": included,
                "monthlyActiveIncluded": included * 7 / 10, "allowPasswordManagementNotifications": true },
            "environments": { "max": if *package == "TRIAL" { 1 } else { 10 }, "regions": ["EU"],
                "allowAddResources": true, "allowProduction": *package != "TRIAL", "allowCustomDomain": true },
            "mfa": { "allowPushNotification": true, "allowTotp": true, "allowFido2Devices": *package != "ESSENTIAL" },
            "gateways": { "allowLdapGateway": *package == "PREMIUM", "allowRadiusGateway": *package == "PREMIUM" },
        });
        if status == "TERMINATED" {
            license["terminatesAt"] = dates::text(expires - Span::from_millis(DAY.millis() * 10)).into();
        }
        let named = |other: u64| json!({ "id": dice::id(Kind::License, other) });
        match index {
            0 => (license["replacesLicense"], license["replacedByLicense"]) = (named(3), named(2)),
            2 => license["replacesLicense"] = named(0),
            3 => license["replacedByLicense"] = named(0),
            _ => {}
        }
        Some(license)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn states(now: Timestamp) -> Vec<String> {
        let world = World::new(NOW);
        let status = |index| world.license(index, now, "o").unwrap()["status"].as_str().unwrap().to_owned();
        (0..LICENSE_COUNT).map(status).collect()
    }

    #[test]
    fn every_state_is_there_years_later_too() {
        let expected = ["ACTIVE", "ACTIVE", "FUTURE", "EXPIRED", "TERMINATED"];
        assert_eq!(states(NOW), expected);
        assert_eq!(states(NOW + Span::from_millis(DAY.millis() * 365 * 3)), expected);
    }
}
