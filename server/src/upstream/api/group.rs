//! Which rate group of PingOne's a call belongs to.

use domain::api::gateway::ApiPath;
use domain::provider::ProviderKind;
use domain::time::Span;

/// A part of the API with a limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Group {
    /// The audit log: 10 a second, of which one address gets 35 %.
    Audit,
    /// Counts of identities: 600 a minute.
    Analytics,
    /// Everything else, and other providers: 600 a minute.
    Config,
}

impl Group {
    /// The group of a call; `None` for a site API, whose limit is kept for each site.
    pub(super) fn of(kind: &ProviderKind, path: &ApiPath) -> Option<Self> {
        match kind {
            ProviderKind::PingOne { .. } | ProviderKind::Sandbox { .. } => Some(Self::of_path(path)),
            ProviderKind::OAuth { .. } => Some(Self::Config),
            ProviderKind::SiteApi { .. } => None,
        }
    }

    fn of_path(path: &ApiPath) -> Self {
        let segments: Vec<&str> = path.segments().collect();
        match segments.as_slice() {
            ["environments", _, "activities", ..] => Self::Audit,
            [.., "totalIdentities" | "activeIdentityCounts"] => Self::Analytics,
            _ => Self::Config,
        }
    }

    /// The mean time between two calls.
    pub(super) const fn interval(self) -> Span {
        match self {
            Self::Audit => Span::from_millis(334),
            // With the burst, 597 in any minute.
            Self::Analytics | Self::Config => Span::from_millis(104),
        }
    }

    /// How many calls may go out at once.
    pub(super) const fn burst(self) -> u64 {
        match self {
            Self::Audit => 1,
            Self::Analytics | Self::Config => 20,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_belong_to_the_groups_of_their_paths() {
        for (path, group) in [
            ("environments/e/activities?limit=1", Group::Audit),
            ("environments/e/activities/a", Group::Audit),
            ("environments/e/totalIdentities?filter=x", Group::Analytics),
            ("organizations/o/licenses/l/metrics/activeIdentityCounts", Group::Analytics),
            ("environments/e/users?filter=activities", Group::Config),
            ("environments/activities", Group::Config),
        ] {
            assert_eq!(Group::of_path(&ApiPath::parse(path).unwrap()), group, "{path}");
        }
    }
}
