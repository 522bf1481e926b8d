//! The audit log: every hour has its few entries, computed from the hour.

use domain::time::{Span, Timestamp};
use serde_json::{Value, json};

use super::dice::{self, Kind, below};
use super::people::PEOPLE;
use super::{DAY, HISTORY_DAYS, World, dates};

/// The most entries an hour may have.
const PER_HOUR: u64 = 64;

const HOUR_MILLIS: i64 = 3_600_000;

/// What happens, with how often in a hundred and how often it fails, in a hundred.
const TYPES: [(&str, &str, u64, u64); 12] = [
    ("USER.ACCESS_ALLOWED", "User access allowed", 40, 0),
    ("USER.ACCESS_DENIED", "User access denied", 8, 100),
    ("SESSION.CREATED", "Session created", 20, 0),
    ("SESSION.DELETED", "Session deleted", 10, 0),
    ("USER.UPDATED", "User updated", 8, 6),
    ("USER.CREATED", "User created", 4, 8),
    ("USER.DELETED", "User deleted", 1, 10),
    ("APPLICATION.UPDATED", "Application updated", 4, 12),
    ("APPLICATION.CREATED", "Application created", 1, 5),
    ("APPLICATION.DELETED", "Application deleted", 1, 0),
    ("ROLE_ASSIGNMENT.CREATED", "Role assigned", 2, 9),
    ("ROLE_ASSIGNMENT.DELETED", "Role taken away", 1, 0),
];

const CLIENTS: [&str; 4] = ["Front gate", "Shift planner", "Self-service", "Directory sync"];

/// One entry, with what filters look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Activity {
    /// Its number: ordered as the entries are.
    pub(crate) index: u64,
    /// When it was recorded.
    pub(crate) at: Timestamp,
    kind: usize,
    failed: bool,
    user: u64,
    client: u64,
}

impl World {
    /// Entries recorded from `from` to before `to`, as far back as the log goes, the oldest first.
    pub(crate) fn activities(
        self,
        from: Timestamp,
        to: Timestamp,
        now: Timestamp,
    ) -> impl DoubleEndedIterator<Item = Activity> {
        let kept = now - Span::from_millis(DAY.millis() * HISTORY_DAYS);
        let (from, to) = (from.max(kept), to.min(now + Span::from_millis(1)));
        let hours = from.millis().div_euclid(HOUR_MILLIS)..to.millis().div_euclid(HOUR_MILLIS) + 1;
        let within = move |activity: &Activity| from <= activity.at && activity.at < to;
        hours.flat_map(move |hour| self.activities_of(u64::try_from(hour).unwrap_or(0))).filter(within)
    }

    /// The entry with that number, if it is in the log now.
    pub(crate) fn activity(self, index: u64, now: Timestamp) -> Option<Activity> {
        let found = self.activities_of(index / PER_HOUR).into_iter().find(|activity| activity.index == index)?;
        let kept = now - Span::from_millis(DAY.millis() * HISTORY_DAYS);
        (kept <= found.at && found.at <= now).then_some(found)
    }

    fn activities_of(self, hour: u64) -> Vec<Activity> {
        // More at day than at night.
        let busy = if (6..19).contains(&(hour % 24)) { 9 } else { 3 };
        let count = below(busy, Kind::Activity, hour, 1);
        let mut offsets: Vec<u64> =
            (0..count).map(|number| below(3_600_000, Kind::Activity, hour, 100 + number)).collect();
        offsets.sort_unstable();
        offsets.into_iter().zip(0..).map(|(offset, number)| entry(hour, number, offset)).collect()
    }
}

fn entry(hour: u64, number: u64, offset: u64) -> Activity {
    let index = hour * PER_HOUR + number;
    let millis = i64::try_from(hour).unwrap_or(0) * HOUR_MILLIS + i64::try_from(offset).unwrap_or(0);
    let mut left = below(100, Kind::Activity, index, 2);
    let kind = TYPES.iter().position(|(_, _, share, _)| {
        let found = left < *share;
        left = left.saturating_sub(*share);
        found
    });
    let kind = kind.unwrap_or(0);
    Activity {
        index,
        at: Timestamp::from_millis(millis),
        kind,
        failed: below(100, Kind::Activity, index, 3) < TYPES[kind].3,
        user: below(PEOPLE, Kind::Activity, index, 4),
        client: below(CLIENTS.len() as u64, Kind::Activity, index, 5),
    }
}

impl Activity {
    /// The values of an attribute, for a filter.
    pub(crate) fn attribute(&self, world: World, name: &str) -> Vec<String> {
        match name.to_ascii_lowercase().as_str() {
            "recordedat" | "createdat" => vec![dates::text(self.at)],
            "correlationid" => vec![self.correlation_id()],
            "action.type" => vec![TYPES[self.kind].0.to_owned()],
            "actors.client.id" => vec![dice::id(Kind::Client, self.client)],
            "actors.user.id" => vec![dice::id(Kind::User, self.user)],
            "actors.user.name" => vec![self.user_name(world)],
            "resources.id" => vec![self.resource().1],
            "resources.type" => vec![self.resource().0.to_owned()],
            "resources.population.id" => vec![dice::id(Kind::Population, world.population_of(self.user))],
            _ => Vec::new(),
        }
    }

    /// Entries of one session in a row have it in common.
    fn correlation_id(&self) -> String {
        dice::id(Kind::Correlation, self.index)
    }

    fn user_name(&self, world: World) -> String {
        world.person(self.user).map(|person| person.username).unwrap_or_default()
    }

    /// Type and identifier of what was acted on.
    fn resource(&self) -> (&'static str, String) {
        let type_name = TYPES[self.kind].0;
        if type_name.starts_with("APPLICATION") {
            return ("APPLICATION", dice::id(Kind::Client, self.client));
        }
        if type_name.starts_with("ROLE_ASSIGNMENT") {
            return ("ROLE_ASSIGNMENT", dice::id(Kind::Assignment, self.user * 4));
        }
        ("USER", dice::id(Kind::User, self.user))
    }

    /// The entry, as `GET …/activities` shows it.
    pub(crate) fn shown(&self, world: World, environment: &str) -> Value {
        let (type_name, description, ..) = TYPES[self.kind];
        let (resource, id) = self.resource();
        let place = json!({ "id": environment });
        let (status, words) = if self.failed { ("FAILED", "Not done") } else { ("SUCCESS", "Done") };
        let user = self.user_name(world);
        json!({
            "id": dice::id(Kind::Activity, self.index), "recordedAt": dates::text(self.at),
            "createdAt": dates::text(self.at), "correlationId": self.correlation_id(),
            "action": { "type": type_name, "description": description },
            "actors": {
                "client": { "id": dice::id(Kind::Client, self.client), "type": "CLIENT", "environment": place,
                    "name": usize::try_from(self.client).ok().and_then(|at| CLIENTS.get(at)) },
                "user": { "id": dice::id(Kind::User, self.user), "type": "USER", "name": user, "environment": place,
                    "population": { "id": dice::id(Kind::Population, world.population_of(self.user)) } },
            },
            "resources": [{ "type": resource, "id": id, "environment": place,
                "name": if resource == "USER" { user.as_str() } else { description },
                "population": { "id": dice::id(Kind::Population, world.population_of(self.user)) } }],
            "result": { "status": status, "description": format!("{words}: {description}") },
            "tags": if resource == "USER" { json!([]) } else { json!(["adminIdentityEvent"]) },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    #[test]
    fn two_years_are_full_of_entries_in_order_and_none_lies_ahead() {
        let world = World::new(NOW);
        let all: Vec<Activity> = world.activities(Timestamp::from_seconds(0), NOW + DAY, NOW).collect();
        assert!(all.len() > 30_000, "{}", all.len());
        assert!(all.windows(2).all(|pair| pair[0].index < pair[1].index && pair[0].at <= pair[1].at));
        assert!(all.iter().all(|one| one.at <= NOW));
        assert!(NOW.since(all[0].at) > Span::from_millis(DAY.millis() * 729));
    }

    #[test]
    fn an_entry_is_found_by_its_number_while_it_is_kept() {
        let world = World::new(NOW);
        let some = world.activities(NOW - DAY, NOW, NOW).next().unwrap();
        assert_eq!(world.activity(some.index, NOW), Some(some));
        assert_eq!(world.activity(some.index, NOW + Span::from_millis(DAY.millis() * 731)), None);
    }
}
