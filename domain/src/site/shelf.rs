use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Chosen, SiteToken, SitesView, UNDO, by_name};
use crate::id::SiteTokenId;
use crate::time::Timestamp;

/// All tokens of a vault as one tab holds them: in the order of their names, each as it was last read. It fills the lists of
/// a [`SitesView`]; what did not change stays the same `Arc`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// Each with the version of the record it was read from.
    tokens: BTreeMap<SiteTokenId, (Arc<SiteToken>, u64)>,
    /// Those that are not removed, by name.
    sorted: Arc<Vec<Arc<SiteToken>>>,
    removed: Arc<Vec<(Arc<SiteToken>, Timestamp)>>,
    /// The token a person chose last.
    pub chosen: Option<Chosen>,
    /// The token of the default site.
    pub default: Option<SiteTokenId>,
}

impl Shelf {
    /// The version of each record, as it was read.
    pub fn versions(&self) -> BTreeMap<SiteTokenId, u64> {
        self.tokens.iter().map(|(id, (_, version))| (id.clone(), *version)).collect()
    }

    /// Those that are not removed, by name.
    pub fn tokens(&self) -> impl Iterator<Item = &Arc<SiteToken>> {
        self.sorted.iter()
    }

    /// A token, removed or not.
    pub fn get(&self, id: &SiteTokenId) -> Option<&Arc<SiteToken>> {
        self.tokens.get(id).map(|(token, _)| token)
    }

    /// Takes tokens as they were read or written, and forgets others that are gone. An older version of what is here is
    /// left out: a late answer undoes nothing.
    pub fn update(&mut self, read: Vec<(SiteToken, u64)>, gone: &[SiteTokenId]) {
        let mut moved = false;
        let mut replaced = Vec::new();
        for id in gone {
            moved |= self.tokens.remove(id).is_some();
        }
        for (token, version) in read {
            let before = self.tokens.get(&token.id);
            if before.is_some_and(|(_, known)| *known > version) {
                continue;
            }
            let stays = before.is_some_and(|(before, _)| has_same_rank(before, &token));
            let is_same = before.is_some_and(|(before, _)| **before == token);
            let kept = match before {
                Some((before, _)) if is_same => Arc::clone(before),
                _ => Arc::new(token),
            };
            moved |= !stays;
            if stays && !is_same {
                replaced.push(Arc::clone(&kept));
            }
            self.tokens.insert(kept.id.clone(), (kept, version));
        }
        match (moved, replaced.as_slice()) {
            (false, []) => {}
            (false, replaced) if replaced.len() < 8 => self.replace(replaced),
            _ => self.sort(),
        }
    }

    /// Fills the view's lists, the default site and what is chosen.
    pub fn show(&self, view: &mut SitesView) {
        view.tokens = Arc::clone(&self.sorted);
        view.removed = Arc::clone(&self.removed);
        let is_there = |id: &&SiteTokenId| self.get(id).is_some_and(|token| token.removed_at.is_none());
        view.default = self.default.as_ref().filter(is_there).cloned();
        let chosen = self.chosen.clone().filter(|chosen| match chosen {
            Chosen::Token(id) => is_there(&id),
            Chosen::Operators => view.operators.is_some(),
        });
        let by_default = || view.default.clone().map(Chosen::Token);
        view.chosen = chosen.or_else(by_default).or_else(|| view.operators.as_ref().map(|_| Chosen::Operators));
    }

    /// Tokens removed so long ago that they can't be brought back any more.
    pub fn due_for_erasure(&self, now: Timestamp) -> Vec<SiteTokenId> {
        let over = |token: &SiteToken| token.removed_at.is_some_and(|at| now >= at + UNDO || now < at);
        self.removed.iter().filter(|(token, _)| over(token)).map(|(token, _)| token.id.clone()).collect()
    }

    /// Puts tokens in the place of their former selves.
    fn replace(&mut self, tokens: &[Arc<SiteToken>]) {
        let sorted = Arc::make_mut(&mut self.sorted);
        for token in tokens {
            if let Some(place) = sorted.iter_mut().find(|there| there.id == token.id) {
                *place = Arc::clone(token);
            }
        }
        if tokens.iter().any(|token| token.removed_at.is_some()) {
            self.sort();
        }
    }

    fn sort(&mut self) {
        let all = || self.tokens.values().map(|(token, _)| token);
        let mut sorted: Vec<_> = all().filter(|token| token.removed_at.is_none()).cloned().collect();
        sorted.sort_by(|one, other| by_name(one, other));
        let removed = all().filter_map(|token| Some((Arc::clone(token), token.removed_at? + UNDO)));
        let mut removed: Vec<_> = removed.collect();
        removed.sort_by(|one, other| by_name(&one.0, &other.0));
        self.removed = Arc::new(removed);
        self.sorted = Arc::new(sorted);
    }
}

/// Whether both stand at the same place of the same list.
fn has_same_rank(one: &SiteToken, other: &SiteToken) -> bool {
    one.name == other.name && one.place == other.place && one.removed_at == other.removed_at
}

#[cfg(test)]
mod tests {
    use super::super::sample::{NOW, token};
    use super::*;

    fn names(view: &SitesView) -> Vec<&str> {
        view.tokens.iter().map(|token| token.name.as_str()).collect()
    }

    fn view(shelf: &Shelf) -> SitesView {
        let mut view = SitesView::default();
        shelf.show(&mut view);
        view
    }

    fn shelf(ids: &[&str]) -> Shelf {
        let mut shelf = Shelf::default();
        shelf.update(ids.iter().map(|id| (token(id, Some(300)), 1)).collect(), &[]);
        shelf
    }

    #[test]
    fn tokens_stand_by_name_and_what_did_not_change_is_the_same() {
        let mut shelf = shelf(&["b", "a", "c"]);
        let before = view(&shelf);
        assert_eq!(names(&before), ["Site a", "Site b", "Site c"]);
        let read = ["a", "b", "c"].map(|id| (token(id, Some(300)), 2)).into_iter().collect();
        shelf.update(read, &[]);
        assert!(Arc::ptr_eq(&before.tokens, &view(&shelf).tokens), "nothing changed, so the list is the same");
        shelf.update(vec![(token("b", Some(2)), 3)], &[]);
        let after = view(&shelf);
        assert_ne!(after.tokens[1], before.tokens[1]);
        assert!(Arc::ptr_eq(&after.tokens[0], &before.tokens[0]) && Arc::ptr_eq(&after.tokens[2], &before.tokens[2]));
        let renamed = SiteToken { name: "Site z".to_owned(), ..token("a", Some(300)) };
        shelf.update(vec![(renamed, 3)], &[SiteTokenId::new("c")]);
        assert_eq!(names(&view(&shelf)), ["Site b", "Site z"]);
    }

    #[test]
    fn an_older_version_undoes_nothing() {
        let mut shelf = shelf(&["a"]);
        shelf.update(vec![(token("a", Some(2)), 5)], &[]);
        shelf.update(vec![(token("a", Some(300)), 4)], &[]);
        assert_eq!(view(&shelf).tokens[0].days_left(NOW), Some(2));
        assert_eq!(shelf.versions().into_values().collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn a_removed_token_is_hidden_for_ten_seconds_and_then_due_for_erasure() {
        let mut shelf = shelf(&["a", "b"]);
        shelf.update(vec![(SiteToken { removed_at: Some(NOW), ..token("a", Some(300)) }, 2)], &[]);
        let hidden = view(&shelf);
        assert_eq!((names(&hidden), hidden.removed[0].1), (vec!["Site b"], NOW + UNDO));
        assert!(shelf.due_for_erasure(NOW.shifted(9_999)).is_empty());
        assert_eq!(shelf.due_for_erasure(NOW + UNDO), [SiteTokenId::new("a")]);
        shelf.update(vec![(token("a", Some(300)), 3)], &[]);
        assert_eq!(names(&view(&shelf)), ["Site a", "Site b"]);
    }

    #[test]
    fn the_last_choice_is_chosen_while_it_is_there_then_the_default_site() {
        let mut shelf = shelf(&["a", "b"]);
        assert_eq!(view(&shelf).chosen, None);
        shelf.default = Some(SiteTokenId::new("b"));
        assert_eq!(view(&shelf).chosen, Some(Chosen::Token(SiteTokenId::new("b"))));
        shelf.chosen = Some(Chosen::Token(SiteTokenId::new("a")));
        assert_eq!(view(&shelf).chosen, shelf.chosen);
        shelf.update(Vec::new(), &[SiteTokenId::new("a"), SiteTokenId::new("b")]);
        assert_eq!((view(&shelf).chosen, view(&shelf).default), (None, None));
    }
}
