//! Two users side by side.

use super::profile::{Entry, Fact, Part, Profile, Shown, facts};

/// How one fact of two users compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Equal.
    Same,
    /// Not equal.
    Differs,
    /// Known of the first only.
    OnlyFirst,
    /// Known of the second only.
    OnlySecond,
}

/// One fact of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The fact's name.
    pub name: String,
    /// The first user's.
    pub first: Shown,
    /// The second user's.
    pub second: Shown,
    /// How they compare.
    pub verdict: Verdict,
}

/// Facts that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// The facts; empty where both have none.
    pub lines: Vec<Line>,
    /// Whether it can't be compared, because a part of one was not had, or not yet.
    pub unknown: bool,
}

/// Compares two users. Lists are compared by what their entries are called, so that two users in one group have it on one
/// line.
pub fn compare(first: &Profile, second: &Profile) -> Vec<Section> {
    let mut sections: Vec<Section> = facts(&first.user)
        .into_iter()
        .zip(facts(&second.user))
        .map(|((title, one), (_, other))| Section { title, lines: lines(one, other), unknown: false })
        .collect();
    let entries = |profile: &Profile| {
        [
            (
                "Population",
                known(&profile.population, |it| {
                    vec![Entry { name: it.name.clone().unwrap_or_else(|| it.id.clone()), more: String::new() }]
                }),
            ),
            ("Groups", known(&profile.groups, |all| all.iter().map(super::Group::entry).collect())),
            ("Roles", known(&profile.roles, |all| all.iter().map(|role| role.entry(&profile.role_names)).collect())),
            (
                "MFA",
                known(&profile.mfa, |on| {
                    vec![Entry { name: "MFA enabled".to_owned(), more: if *on { "Yes" } else { "No" }.to_owned() }]
                }),
            ),
            ("Devices", known(&profile.devices, |all| all.iter().map(super::Device::entry).collect())),
            ("Consents", known(&profile.consents, |all| all.iter().map(super::Consent::entry).collect())),
        ]
    };
    let lists = entries(first).into_iter().zip(entries(second));
    sections.extend(lists.map(|((title, one), (_, other))| list(title, one, other)));
    sections
}

fn known<T>(part: &Part<T>, entries: impl Fn(&T) -> Vec<Entry>) -> Option<Vec<Entry>> {
    match part {
        Part::Known(value) => Some(entries(value)),
        Part::Awaited | Part::Refused => None,
    }
}

/// Facts that only one of them has, such as a nickname, stand at their place in the first's order, then the second's.
fn lines(one: Vec<Fact>, mut other: Vec<Fact>) -> Vec<Line> {
    let mut lines = Vec::new();
    for fact in one {
        let at = other.iter().position(|it| it.name == fact.name);
        let second = at.map_or(Shown::Nothing, |at| other.remove(at).shown);
        lines.push(line(fact.name.to_owned(), fact.shown, second));
    }
    lines.extend(other.into_iter().map(|fact| line(fact.name.to_owned(), Shown::Nothing, fact.shown)));
    lines
}

fn line(name: String, first: Shown, second: Shown) -> Line {
    let verdict = match (&first, &second) {
        (one, other) if one == other => Verdict::Same,
        (_, Shown::Nothing) => Verdict::OnlyFirst,
        (Shown::Nothing, _) => Verdict::OnlySecond,
        _ => Verdict::Differs,
    };
    Line { name, first, second, verdict }
}

fn list(title: &'static str, one: Option<Vec<Entry>>, other: Option<Vec<Entry>>) -> Section {
    let (Some(one), Some(other)) = (one, other) else { return Section { title, lines: Vec::new(), unknown: true } };
    let mut names: Vec<&str> = one.iter().chain(&other).map(|entry| entry.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let lines = names.into_iter().map(|name| line(name.to_owned(), told(&one, name), told(&other, name)));
    Section { title, lines: lines.collect(), unknown: false }
}

/// What is told of the entries with one name: what each says more, or how many there are.
fn told(entries: &[Entry], name: &str) -> Shown {
    let mut more: Vec<&str> =
        entries.iter().filter(|entry| entry.name == name).map(|entry| entry.more.as_str()).collect();
    more.sort_unstable();
    match more.as_slice() {
        [] => Shown::Nothing,
        [""] => Shown::Text("Yes".to_owned()),
        several => Shown::Text(several.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Group, User};
    use super::*;

    fn profile(name: &str, groups: &[&str]) -> Profile {
        let group = |name: &&str| Group { id: (*name).to_owned(), name: Some((*name).to_owned()), kind: None };
        Profile {
            user: User { id: name.to_owned(), username: Some(name.to_owned()), enabled: Some(true), ..User::default() },
            groups: Part::Known(groups.iter().map(group).collect()),
            ..Profile::default()
        }
    }

    fn verdicts(sections: &[Section], title: &str) -> Vec<(String, Verdict)> {
        let section = sections.iter().find(|section| section.title == title).unwrap();
        section.lines.iter().map(|line| (line.name.clone(), line.verdict)).collect()
    }

    #[test]
    fn a_group_both_are_in_stands_on_one_line() {
        let sections = compare(&profile("a", &["All hands", "Bindery"]), &profile("b", &["Dispatch", "All hands"]));
        let expected =
            [("All hands", Verdict::Same), ("Bindery", Verdict::OnlyFirst), ("Dispatch", Verdict::OnlySecond)];
        assert_eq!(verdicts(&sections, "Groups"), expected.map(|(name, verdict)| (name.to_owned(), verdict)));
    }

    #[test]
    fn differences_of_facts_are_marked() {
        let (mut one, other) = (profile("a", &[]), profile("b", &[]));
        one.user.nickname = Some("Ace".to_owned());
        let sections = compare(&one, &other);
        let person = verdicts(&sections, "Profile");
        assert!(person.contains(&("User name".to_owned(), Verdict::Differs)));
        assert!(person.contains(&("Nickname".to_owned(), Verdict::OnlyFirst)));
        assert!(verdicts(&sections, "Account").contains(&("Enabled".to_owned(), Verdict::Same)));
    }

    #[test]
    fn a_part_that_was_refused_is_not_compared() {
        let (one, mut other) = (profile("a", &["All hands"]), profile("b", &["All hands"]));
        other.groups = Part::Refused;
        let sections = compare(&one, &other);
        let groups = sections.iter().find(|section| section.title == "Groups").unwrap();
        assert!(groups.unknown && groups.lines.is_empty());
    }

    #[test]
    fn a_user_compared_with_themselves_differs_in_nothing() {
        let one = profile("a", &["All hands"]);
        let sections = compare(&one, &one);
        assert!(sections.iter().flat_map(|section| &section.lines).all(|line| line.verdict == Verdict::Same));
    }
}
