//! Many tokens from a file: read, shown as what would be done, and then written in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Claims, Draft, Pasted, SitePlace, SitesView, TokenHash};
use crate::id::{ProviderId, SiteTokenId};
use crate::tenant::Limit;

mod reading;

pub use reading::{LARGEST, MOST, Unusable};

use reading::Raw;

/// One line of a file with many tokens, as it is shown before anything is written.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRow {
    /// Where it stands in the file, from 1: the row of a table with its header, the place in a JSON list.
    pub line: usize,
    /// What it says; the token's text is mended.
    pub draft: Draft,
    /// What the token says of itself.
    pub claims: Claims,
    /// What is to be known of it.
    pub state: RowState,
    /// What is to be done with it; a person may choose another of [`ImportRow::deeds`].
    pub deed: RowDeed,
}

/// What is to be known of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowState {
    /// There is no token for this place yet.
    New,
    /// The same text is kept for this place already.
    Same(SiteTokenId),
    /// Other texts are kept for this place.
    Other(Vec<SiteTokenId>),
    /// The row of that line says the same.
    Repeats(usize),
    /// It can't be kept: why, for a person.
    Bad(String),
}

/// What is to be done with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowDeed {
    /// Keep it as a new token.
    Add,
    /// Make it the text of that token.
    Replace(SiteTokenId),
    /// Nothing.
    Skip,
}

/// Reads a CSV or JSON file, and says what would be done with each row. Nothing is written.
///
/// A table may name its columns in any usual way, or hold nothing but sites and tokens; JSON may be a list, an object with a
/// list, or an object of tokens by site. A row that names no provider is for the first of `providers`.
///
/// # Errors
///
/// [`Unusable`] when there is no token in the file at all.
pub fn read(file: &[u8], view: &SitesView, providers: &[ProviderId]) -> Result<Vec<ImportRow>, Unusable> {
    let raws = reading::raws(file)?;
    let mut judge = Judge::new(view, providers);
    Ok(raws.into_iter().map(|raw| judge.row(raw)).collect())
}

impl ImportRow {
    /// What can be done with it, the first being what is meant unless a person says otherwise.
    pub fn deeds(&self) -> Vec<RowDeed> {
        match &self.state {
            RowState::New => vec![RowDeed::Add, RowDeed::Skip],
            // One token in, one token out is a new text for the old one; of several, a person has to say which.
            RowState::Other(ids) if ids.len() == 1 => {
                vec![RowDeed::Replace(ids[0].clone()), RowDeed::Add, RowDeed::Skip]
            }
            RowState::Other(ids) => {
                let replacing = ids.iter().cloned().map(RowDeed::Replace);
                [RowDeed::Add].into_iter().chain(replacing).chain([RowDeed::Skip]).collect()
            }
            RowState::Same(_) | RowState::Repeats(_) | RowState::Bad(_) => vec![RowDeed::Skip],
        }
    }
}

/// Compares rows with what is kept and with the rows before them.
struct Judge<'a> {
    providers: &'a [ProviderId],
    /// Only what the tenant allows: what is kept is compared through the map, as thousands of rows meet thousands of tokens.
    bounds: SitesView,
    by_place: HashMap<&'a SitePlace, Vec<(&'a SiteTokenId, &'a TokenHash)>>,
    seen: HashMap<(SitePlace, TokenHash), usize>,
}

impl<'a> Judge<'a> {
    fn new(view: &'a SitesView, providers: &'a [ProviderId]) -> Self {
        let mut by_place: HashMap<_, Vec<_>> = HashMap::new();
        for token in &*view.tokens {
            by_place.entry(&token.place).or_default().push((&token.id, &token.hash));
        }
        let bounds = SitesView { limits: Arc::clone(&view.limits), ..SitesView::default() };
        Self { providers, bounds, by_place, seen: HashMap::new() }
    }

    fn row(&mut self, raw: Raw) -> ImportRow {
        let line = raw.line;
        let pasted = Pasted::mend(raw.token.expose());
        let provider = match raw.provider.trim() {
            "" => self.providers.first().cloned(),
            name => self.providers.iter().find(|provider| provider.as_str() == name).cloned(),
        };
        let unknown = provider.is_none();
        let draft = Draft {
            provider: provider.unwrap_or_else(|| ProviderId::new(raw.provider.trim())),
            site: raw.site.trim().to_owned(),
            name: raw.name.trim().to_owned(),
            device: raw.device.trim().to_owned(),
            token: pasted.token.clone(),
            make_default: raw.is_default,
        };
        let claims = Claims::of(&pasted.token);
        let state = if unknown { RowState::Bad(self.unknown_provider(&draft)) } else { self.state(line, &draft) };
        let mut row = ImportRow { line, draft, claims, state, deed: RowDeed::Skip };
        if let Some(first) = row.deeds().into_iter().next() {
            row.deed = first;
        }
        row
    }

    fn state(&mut self, line: usize, draft: &Draft) -> RowState {
        let findings = draft.findings(&self.bounds, None);
        let wrong = [findings.site, findings.name, findings.device, findings.token].into_iter().flatten().next();
        let place = match (wrong, draft.place()) {
            (Some(wrong), _) => return RowState::Bad(wrong),
            (None, Err(error)) => return RowState::Bad(error.to_string()),
            (None, Ok(place)) => place,
        };
        let hash = TokenHash::of(&draft.token);
        if let Some(before) = self.seen.get(&(place.clone(), hash.clone())) {
            return RowState::Repeats(*before);
        }
        let kept = self.by_place.get(&place).map(Vec::as_slice).unwrap_or_default();
        let state = match kept.iter().find(|(_, known)| **known == hash) {
            Some((id, _)) => RowState::Same((*id).clone()),
            None if kept.is_empty() => RowState::New,
            None => RowState::Other(kept.iter().map(|(id, _)| (*id).clone()).collect()),
        };
        self.seen.insert((place, hash), line);
        state
    }

    fn unknown_provider(&self, draft: &Draft) -> String {
        match draft.provider.as_str() {
            "" => "No provider takes site tokens. An admin has to allow one first.".to_owned(),
            _ if self.bounds.limits.api.is_some() => Limit::Api.to_string(),
            name => format!("\"{name}\" is no provider of site tokens here."),
        }
    }
}

#[cfg(test)]
mod tests;
