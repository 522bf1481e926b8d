//! Tokens that earlier apps left in this browser as plain text, and what would be done with each.
//!
//! Such an app kept one token for all, a list of sites with theirs, or a record for each site. What it encrypted needs a key
//! that is not in this browser; it is named, and stays.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Claims, Draft, NAME_MAX, Pasted, SiteId, SitesView, TokenHash};
use crate::id::ProviderId;
use crate::secret::Secret;
use crate::tenant::Limit;

/// The databases of earlier apps; each has its tokens in the store [`LEGACY_RECORDS`], one record a site.
pub const LEGACY_DATABASES: [&str; 2] = ["BuildingVitalsTokens", "building-vitals-tokens"];
/// The store in them.
pub const LEGACY_RECORDS: &str = "tokens";
/// The site a token belongs to that was kept without one.
pub const LEGACY_SITE: &str = "default_migrated_site";

/// Keys of one token for all sites.
const SINGLE: [&str; 2] = ["aceIotApiToken", "ace_api_token"];
/// The key of a list of sites with their tokens.
const LIST: &str = "custom_ace_sites";
/// What the keys of one site's record begin with.
const RECORD: &str = "bv_token_fallback_";
/// Keys, or what keys begin with, of what was encrypted.
const ENCRYPTED: [&str; 5] =
    ["aceToken_encrypted", "aceToken_session", "aceToken_encrypted_v2", "aceToken_session_v2", "secure_v2_"];

/// Where an earlier app kept something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegacyPlace {
    /// localStorage, under a key.
    Local(String),
    /// sessionStorage, under a key.
    Session(String),
    /// A record of one of [`LEGACY_DATABASES`].
    Record(String, String),
}

/// A text as an earlier app left it; a database's record is its JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegacyText {
    /// Where.
    pub place: LegacyPlace,
    /// What.
    pub text: Secret,
}

/// What an earlier app left in this browser, as far as it was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegacyFound {
    /// Tokens that can be taken over.
    pub readable: usize,
    /// Things that can't be read, as they are encrypted with a key that is not in this browser, or damaged.
    pub unreadable: usize,
}

/// What would be taken over: a dry run.
#[derive(Clone, Debug, PartialEq)]
pub struct LegacyPlan {
    /// What can be read.
    pub items: Vec<LegacyItem>,
    /// What can't be, and stays.
    pub unreadable: Vec<LegacyUnreadable>,
    /// Whether the last taking over can be undone.
    pub can_roll_back: bool,
}

/// A token an earlier app kept, without its text.
#[derive(Clone, Debug, PartialEq)]
pub struct LegacyItem {
    /// Where it lies, such as `localStorage: aceIotApiToken`.
    pub at: String,
    /// The site it would be kept for.
    pub site: String,
    /// The site's name.
    pub name: String,
    /// First and last characters.
    pub masked: String,
    /// What it says of itself.
    pub claims: Claims,
    /// What would be done.
    pub deed: LegacyDeed,
}

/// What would be done with a token an earlier app kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LegacyDeed {
    /// It is kept here, read back, and removed there.
    Take,
    /// It is kept here already, or would be taken from another place: it is only removed there.
    Known,
    /// It stays where it is: why, for a person.
    Leave(String),
}

/// Something that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyUnreadable {
    /// Where it lies.
    pub at: String,
    /// Why, for a person.
    pub why: String,
}

/// What was taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegacyTaken {
    /// How many tokens are kept here now that were not before.
    pub taken: usize,
    /// How many texts were removed there.
    pub removed: usize,
    /// What stays there, and why.
    pub left: Vec<LegacyUnreadable>,
}

/// A plan with the texts it is about: what a page never sees.
#[derive(Clone, Debug, PartialEq)]
pub struct LegacyWork {
    /// Each readable token with the index of the text it stands in.
    pub tokens: Vec<(LegacyItem, Secret, usize)>,
    /// What can't be read.
    pub unreadable: Vec<LegacyUnreadable>,
}

impl LegacyPlace {
    /// Whether an earlier app of site tokens put something there.
    pub fn is_legacy(&self) -> bool {
        match self {
            Self::Local(key) | Self::Session(key) => {
                SINGLE.contains(&key.as_str())
                    || key == LIST
                    || key.starts_with(RECORD)
                    || ENCRYPTED.iter().any(|start| key.starts_with(start))
            }
            Self::Record(..) => true,
        }
    }
}

impl std::fmt::Display for LegacyPlace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Local(key) => write!(formatter, "localStorage: {key}"),
            Self::Session(key) => write!(formatter, "sessionStorage: {key}"),
            Self::Record(database, id) => write!(formatter, "{database}: {id}"),
        }
    }
}

impl LegacyWork {
    /// What would be done with these texts, beside the tokens that are kept already.
    pub fn plan(texts: &[LegacyText], view: &SitesView) -> Self {
        let mut work = Self { tokens: Vec::new(), unreadable: Vec::new() };
        let mut seen = Vec::new();
        for (index, text) in texts.iter().enumerate().filter(|(_, text)| text.place.is_legacy()) {
            let found = tokens(text);
            if found.is_empty() && text.text.expose().trim().len() > 4 {
                work.unreadable.push(LegacyUnreadable { at: text.place.to_string(), why: why_unreadable(text) });
            }
            for (site, name, token) in found {
                let key = (site.clone(), TokenHash::of(&token));
                let deed = match SiteId::parse(&site) {
                    Err(error) => {
                        LegacyDeed::Leave(format!("Its site is called otherwise than a site can be: {error}."))
                    }
                    Ok(id) if !view.limits.sites.allow(&id) => LegacyDeed::Leave(Limit::Sites.to_string()),
                    Ok(id) if is_kept(view, &id, &key.1) || seen.contains(&key) => LegacyDeed::Known,
                    Ok(_) => LegacyDeed::Take,
                };
                seen.push(key);
                let (masked, claims) = (token.masked(), Claims::of(&token));
                let name = name.chars().take(NAME_MAX).collect();
                let item = LegacyItem { at: text.place.to_string(), site, name, masked, claims, deed };
                work.tokens.push((item, token, index));
            }
        }
        work
    }

    /// What a person sees of it.
    pub fn shown(&self, can_roll_back: bool) -> LegacyPlan {
        let items = self.tokens.iter().map(|(item, ..)| item.clone()).collect();
        LegacyPlan { items, unreadable: self.unreadable.clone(), can_roll_back }
    }

    /// How much there is; `None` for nothing.
    pub fn found(&self) -> Option<LegacyFound> {
        let found = LegacyFound { readable: self.tokens.len(), unreadable: self.unreadable.len() };
        (found.readable + found.unreadable > 0).then_some(found)
    }

    /// The tokens to keep, as drafts for a provider: those a person saw in the plan, and that still stand so.
    pub fn drafts(&self, seen: &LegacyPlan, provider: &ProviderId) -> Vec<Draft> {
        let taken = self.tokens.iter().filter(|(item, ..)| item.deed == LegacyDeed::Take && seen.items.contains(item));
        let draft = |(item, token, _): &(LegacyItem, Secret, usize)| Draft {
            site: item.site.clone(),
            name: item.name.clone(),
            token: token.clone(),
            ..Draft::empty(provider.clone())
        };
        taken.map(draft).collect()
    }

    /// The texts that hold nothing any more that is not kept here, once those drafts are.
    pub fn removable(&self, seen: &LegacyPlan) -> Vec<usize> {
        let mut all: Vec<usize> = self.tokens.iter().map(|(.., index)| *index).collect();
        all.dedup();
        let stays = |index: &usize| {
            let mut in_it = self.tokens.iter().filter(|(.., of)| of == index);
            in_it.any(|(item, ..)| matches!(item.deed, LegacyDeed::Leave(_)) || !seen.items.contains(item))
        };
        all.into_iter().filter(|index| !stays(index)).collect()
    }
}

fn is_kept(view: &SitesView, site: &SiteId, hash: &TokenHash) -> bool {
    view.with_text(hash).any(|token| token.place.site == *site)
}

/// The tokens in a text, with site and name.
fn tokens(text: &LegacyText) -> Vec<(String, String, Secret)> {
    let value: Option<Value> = serde_json::from_str(text.text.expose()).ok();
    let id = match &text.place {
        LegacyPlace::Local(key) | LegacyPlace::Session(key) => key.strip_prefix(RECORD),
        LegacyPlace::Record(_, id) => Some(id.as_str()),
    };
    let id = id.unwrap_or(LEGACY_SITE);
    match &value {
        Some(Value::Array(list)) => list.iter().filter_map(|value| of_record(value, LEGACY_SITE)).collect(),
        Some(Value::String(token)) => of_text(token, id).into_iter().collect(),
        Some(value @ Value::Object(_)) => of_record(value, id).into_iter().collect(),
        _ => of_text(text.text.expose(), id).into_iter().collect(),
    }
}

fn of_text(text: &str, id: &str) -> Option<(String, String, Secret)> {
    let pasted = Pasted::mend(text);
    pasted.check().ok()?;
    Some((id.to_owned(), String::new(), pasted.token))
}

fn of_record(value: &Value, id: &str) -> Option<(String, String, Secret)> {
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| match value.get(name)? {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        found.filter(|text| !text.is_empty())
    };
    let (_, _, token) = of_text(&text(&["token", "apiToken", "aceToken", "jwt"])?, id)?;
    let site = text(&["siteId", "site_id", "id", "site"]).unwrap_or_else(|| id.to_owned());
    Some((site, text(&["siteName", "site_name", "name", "nice_name"]).unwrap_or_default(), token))
}

fn why_unreadable(text: &LegacyText) -> String {
    let key = match &text.place {
        LegacyPlace::Local(key) | LegacyPlace::Session(key) => key.as_str(),
        LegacyPlace::Record(..) => "",
    };
    if ENCRYPTED.iter().any(|start| key.starts_with(start)) {
        "It is encrypted with a key of the earlier app that is not in this browser. Get the token anew.".to_owned()
    } else {
        "There is no token in it that can be read. It may be encrypted or damaged. Get the token anew.".to_owned()
    }
}

#[cfg(test)]
mod tests;
