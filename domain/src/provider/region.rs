use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a PingOne environment lives; it decides the hosts `auth.pingone.<tld>` and `api.pingone.<tld>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&str", try_from = "String")]
pub enum Region {
    /// North America, `com`.
    Com,
    /// Europe, `eu`.
    Eu,
    /// Asia-Pacific, organizations made before Australia had its own: `asia`.
    Asia,
    /// Australia, and new Asia-Pacific organizations: `com.au`.
    ComAu,
    /// Canada, `ca`.
    Ca,
    /// Singapore, `sg`.
    Sg,
}

/// A text that names no region.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no PingOne region; the regions are com, eu, asia, com.au, ca and sg")]
pub struct UnknownRegion(pub String);

impl Region {
    /// All regions, in the order people see them.
    pub const ALL: [Self; 6] = [Self::Com, Self::Eu, Self::Asia, Self::ComAu, Self::Ca, Self::Sg];

    /// Reads a top-level domain or one of the aliases `us`, `na`, `ap`, in any case.
    ///
    /// # Errors
    ///
    /// [`UnknownRegion`] with the text.
    pub fn parse(text: &str) -> Result<Self, UnknownRegion> {
        match text.trim().to_ascii_lowercase().as_str() {
            "com" | "us" | "na" => Ok(Self::Com),
            "eu" => Ok(Self::Eu),
            "asia" | "ap" => Ok(Self::Asia),
            "com.au" | "au" => Ok(Self::ComAu),
            "ca" => Ok(Self::Ca),
            "sg" => Ok(Self::Sg),
            _ => Err(UnknownRegion(text.to_owned())),
        }
    }

    /// The top-level domain of the region's hosts.
    pub const fn top_level_domain(self) -> &'static str {
        match self {
            Self::Com => "com",
            Self::Eu => "eu",
            Self::Asia => "asia",
            Self::ComAu => "com.au",
            Self::Ca => "ca",
            Self::Sg => "sg",
        }
    }

    /// The name people see.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Com => "North America (com)",
            Self::Eu => "Europe (eu)",
            Self::Asia => "Asia-Pacific (asia)",
            Self::ComAu => "Australia and Asia-Pacific (com.au)",
            Self::Ca => "Canada (ca)",
            Self::Sg => "Singapore (sg)",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.top_level_domain())
    }
}

impl From<Region> for &'static str {
    fn from(region: Region) -> Self {
        region.top_level_domain()
    }
}

impl TryFrom<String> for Region {
    type Error = UnknownRegion;

    fn try_from(text: String) -> Result<Self, UnknownRegion> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_read_back_from_its_own_name() {
        for region in Region::ALL {
            assert_eq!(Region::parse(region.top_level_domain()), Ok(region));
        }
    }

    #[test]
    fn aliases_name_the_same_regions() {
        assert_eq!(Region::parse("us"), Ok(Region::Com));
        assert_eq!(Region::parse("NA"), Ok(Region::Com));
        assert_eq!(Region::parse(" ap "), Ok(Region::Asia));
    }

    #[test]
    fn another_text_is_refused_with_the_regions_there_are() {
        let error = Region::parse("mars").unwrap_err();
        assert!(error.to_string().contains("com.au"));
    }
}
