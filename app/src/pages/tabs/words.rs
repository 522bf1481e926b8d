//! Ways, kinds and tabs in words.

use domain::id::TabId;
use domain::tabs::{ExcludesBy, Way, Ways, Why};

/// A way as people read it.
pub(super) const fn way(way: Way) -> &'static str {
    match way {
        Way::Worker => "Shared worker",
        Way::Channel => "Broadcast channel",
        Way::Storage => "Storage events",
    }
}

/// By what tabs exclude each other, as people read it, and what that means.
pub(super) const fn excludes_by(by: Option<ExcludesBy>) -> &'static str {
    match by {
        Some(ExcludesBy::WebLocks) => "Web Locks",
        Some(ExcludesBy::Lease) => {
            "A lease in localStorage, by best effort: a token may be asked for twice, and is never a wrong one"
        }
        None => "Not known yet",
    }
}

/// A way or its absence.
pub(super) fn way_or_none(known: Option<Way>) -> &'static str {
    known.map_or("None", way)
}

/// Several ways.
pub(super) fn ways(ways: Ways) -> String {
    let names: Vec<&str> = ways.iter().map(way).collect();
    if names.is_empty() { "None".to_owned() } else { names.join(", ") }
}

/// What a message is about.
pub(super) fn kind(kind: &str) -> &'static str {
    match kind {
        "token" => "A new token",
        "connection" => "A connection was changed",
        "failed" => "A renewal failed",
        "settings" => "The settings were changed",
        "written" => "A record was written",
        "signed_out" => "Signed out",
        "vault_locked" => "The vault was locked",
        "vault_key" => "The vault's key was replaced",
        "vault_cleared" => "Everything was cleared",
        _ => "Something else",
    }
}

/// Why the way changed.
pub(super) const fn why(why: Why) -> &'static str {
    match why {
        Why::Opened => "it opened",
        Why::Refused => "the browser refused it",
        Why::NoWelcome => "the shared worker did not answer",
        Why::NoAnswer => "the shared worker did not confirm a message",
    }
}

/// Enough of a tab's id to tell it from the others.
pub(super) fn short(id: &TabId) -> String {
    id.as_str().chars().take(4).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_named_the_best_first() {
        assert_eq!(ways(Ways::up_to(Way::Channel)), "Broadcast channel, Storage events");
        assert_eq!(ways(Ways::NONE), "None");
    }

    #[test]
    fn a_tab_is_known_by_the_beginning_of_its_id() {
        assert_eq!(short(&TabId::from_random(0x3f2a << 112)), "3f2a");
    }
}
