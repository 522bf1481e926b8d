use serde::{Deserialize, Serialize};

use super::token::{DEVICE_MAX, NAME_MAX};
use super::{Claims, Pasted, SiteId, SiteIdError, SitePlace, SitesView, TokenHash};
use crate::id::{ProviderId, SiteTokenId};
use crate::secret::Secret;
use crate::tenant::Limit;

/// A site token as a person enters it, or as a file has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Whose API.
    pub provider: ProviderId,
    /// The site's id, as it was typed.
    pub site: String,
    /// The site's name; the id stands in for an empty one.
    pub name: String,
    /// The device's id; empty for a token of the whole site.
    pub device: String,
    /// The token, as it was pasted.
    pub token: Secret,
    /// Whether its site becomes the default one.
    pub make_default: bool,
}

/// What there is to say of a draft. The texts are for a person; a draft can be kept when [`Findings::is_fine`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What is wrong with the site's id.
    pub site: Option<String>,
    /// What is wrong with the name.
    pub name: Option<String>,
    /// What is wrong with the device's id.
    pub device: Option<String>,
    /// What is wrong with the token.
    pub token: Option<String>,
    /// A token with the same text at the same place: the draft would keep it twice.
    pub same: Option<SiteTokenId>,
    /// Tokens with the same text at other places. That is fine, as one token may reach several sites, and worth a word.
    pub same_text: Vec<SiteTokenId>,
    /// Other tokens of the same place. That is fine, too: one stands in for another.
    pub same_place: Vec<SiteTokenId>,
    /// What the token says of itself, if it has a token's form.
    pub claims: Option<Claims>,
}

impl Findings {
    /// Whether the draft can be kept.
    pub fn is_fine(&self) -> bool {
        self.site.is_none()
            && self.name.is_none()
            && self.device.is_none()
            && self.token.is_none()
            && self.same.is_none()
    }
}

impl Draft {
    /// An empty one.
    pub fn empty(provider: ProviderId) -> Self {
        Self {
            provider,
            site: String::new(),
            name: String::new(),
            device: String::new(),
            token: Secret::default(),
            make_default: false,
        }
    }

    /// The draft of a token that is kept; its text is empty, which leaves it as it is.
    pub fn of(token: &super::SiteToken, is_default: bool) -> Self {
        Self {
            provider: token.place.provider.clone(),
            site: token.place.site.to_string(),
            name: token.name.clone(),
            device: token.place.device.clone().unwrap_or_default(),
            token: Secret::default(),
            make_default: is_default,
        }
    }

    /// What there is to say of it; cheap enough for every key pressed. `editing` is the token that would be changed: its
    /// text may be left empty.
    pub fn findings(&self, view: &SitesView, editing: Option<&SiteTokenId>) -> Findings {
        let pasted = Pasted::mend(self.token.expose());
        let place = self.place();
        let mut findings = Findings {
            site: match &place {
                Ok(place) => against(place, view, editing).map(|limit| limit.to_string()),
                Err(error) => Some(sentence(error.to_string())),
            },
            name: too_long(self.name.trim(), NAME_MAX, "name"),
            device: device_finding(self.device.trim()),
            ..Findings::default()
        };
        let others = || view.tokens.iter().filter(|token| Some(&token.id) != editing);
        let at_place = |token: &super::SiteToken| place.as_ref().is_ok_and(|place| *place == token.place);
        findings.same_place = others().filter(|token| at_place(token)).map(|token| token.id.clone()).collect();
        if editing.is_some() && pasted.token.is_empty() {
            return findings;
        }
        match pasted.check() {
            Ok(claims) => findings.claims = Some(claims),
            Err(error) => {
                findings.token = Some(error.to_string());
                return findings;
            }
        }
        let hash = TokenHash::of(&pasted.token);
        let with_text = || others().filter(|token| token.hash == hash);
        findings.same = with_text().find(|token| at_place(token)).map(|token| token.id.clone());
        findings.same_text = with_text().filter(|token| !at_place(token)).map(|token| token.id.clone()).collect();
        findings
    }

    /// Where it would be used.
    ///
    /// # Errors
    ///
    /// [`SiteIdError`] when the site's id can't be one.
    pub fn place(&self) -> Result<SitePlace, SiteIdError> {
        let device = Some(self.device.trim()).filter(|device| !device.is_empty()).map(str::to_owned);
        Ok(SitePlace { provider: self.provider.clone(), site: SiteId::parse(self.site.trim())?, device })
    }

    /// The name it would have.
    pub fn shown_name(&self) -> &str {
        match self.name.trim() {
            "" => self.site.trim(),
            name => name,
        }
    }
}

/// What of the tenant's limits is against a token of this place; nothing where it is already.
fn against(place: &SitePlace, view: &SitesView, editing: Option<&SiteTokenId>) -> Option<Limit> {
    let is_there =
        |token: &super::SiteToken| (&token.place.provider, &token.place.site) == (&place.provider, &place.site);
    let stays = editing.and_then(|id| view.token(id)).is_some_and(|token| is_there(token));
    view.limits.against(place).filter(|_| !stays)
}

fn sentence(text: String) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|char| char.to_uppercase().to_string()).unwrap_or_default();
    [&first, chars.as_str(), "."].concat()
}

fn too_long(text: &str, most: usize, what: &str) -> Option<String> {
    (text.chars().count() > most).then(|| format!("A {what} has at most {most} characters."))
}

fn device_finding(device: &str) -> Option<String> {
    let control = || device.chars().any(char::is_control).then(|| "A device's id is one line of text.".to_owned());
    too_long(device, DEVICE_MAX, "device's id").or_else(control)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::sample::{text, token};
    use super::*;
    use crate::tenant::{AllowedSites, Limits};

    fn draft(site: &str, token: &Secret) -> Draft {
        Draft { site: site.to_owned(), token: token.clone(), ..Draft::empty(ProviderId::new("ace")) }
    }

    fn view() -> SitesView {
        let tokens = [token("a", Some(300)), token("b", Some(2))].map(Arc::new);
        SitesView { tokens: Arc::new(tokens.to_vec()), ..SitesView::default() }
    }

    #[test]
    fn an_empty_draft_says_what_is_missing() {
        let findings = draft("", &Secret::default()).findings(&view(), None);
        assert_eq!(findings.site.as_deref(), Some("A site's id has at least one character."));
        assert_eq!(findings.token.as_deref(), Some("Paste the token."));
        assert!(!findings.is_fine());
    }

    #[test]
    fn the_same_text_at_the_same_place_is_kept_once_and_at_another_place_twice() {
        let known = text(r#"{"identity":"known"}"#);
        let mut kept = token("a", None);
        kept.hash = TokenHash::of(&known);
        let view = SitesView { tokens: Arc::new(vec![Arc::new(kept)]), ..SitesView::default() };
        let same = draft(" a ", &known).findings(&view, None);
        assert_eq!((same.same.clone(), same.is_fine()), (Some(SiteTokenId::new("a")), false));
        let elsewhere = draft("c", &Secret::new(format!("Bearer {}", known.expose()))).findings(&view, None);
        assert_eq!((elsewhere.same_text.clone(), elsewhere.is_fine()), (vec![SiteTokenId::new("a")], true));
        assert_eq!(elsewhere.claims.and_then(|claims| claims.identity).as_deref(), Some("known"));
    }

    #[test]
    fn a_site_the_tenant_does_not_allow_is_refused_but_for_a_token_that_is_there() {
        let only = AllowedSites::Only(vec![SiteId::parse("b").unwrap()]);
        let limits = Limits { api: None, sites: only };
        let view = SitesView { limits: Arc::new(limits), ..view() };
        let new = text(r#"{"identity":"new"}"#);
        let refused = draft("a", &new).findings(&view, None);
        assert_eq!((refused.site.as_deref(), refused.is_fine()), (Some("This tenant does not allow the site."), false));
        assert!(draft("b", &new).findings(&view, None).is_fine());
        let (a, b) = (SiteTokenId::new("a"), SiteTokenId::new("b"));
        assert!(Draft::of(&view.tokens[0], false).findings(&view, Some(&a)).is_fine(), "it could not be renamed");
        let moved = Draft { site: "a".to_owned(), ..Draft::of(&view.tokens[1], false) };
        assert!(!moved.findings(&view, Some(&b)).is_fine());
    }

    #[test]
    fn an_api_that_is_not_the_tenants_is_refused_but_for_a_token_that_is_there() {
        let limits = Limits { api: Some(ProviderId::new("other")), ..Limits::default() };
        let view = SitesView { limits: Arc::new(limits), ..view() };
        let refused = draft("c", &text(r#"{"identity":"new"}"#)).findings(&view, None);
        assert_eq!(refused.site.as_deref(), Some("This tenant works with another API."));
        let a = SiteTokenId::new("a");
        let kept = Draft::of(&view.tokens[0], false);
        assert!(kept.findings(&view, Some(&a)).is_fine(), "it could not be renamed");
        let moved = Draft { site: "c".to_owned(), ..kept.clone() };
        assert!(!moved.findings(&view, Some(&a)).is_fine());
        let to_the_tenants = Draft { provider: ProviderId::new("other"), ..kept };
        assert!(to_the_tenants.findings(&view, Some(&a)).is_fine());
    }

    #[test]
    fn another_token_for_the_same_place_is_named_and_fine() {
        let findings = draft("a", &text(r#"{"identity":"other"}"#)).findings(&view(), None);
        assert_eq!((findings.same_place.clone(), findings.is_fine()), (vec![SiteTokenId::new("a")], true));
    }

    #[test]
    fn what_is_edited_is_no_duplicate_of_itself_and_may_keep_its_text() {
        let view = view();
        let id = SiteTokenId::new("a");
        let unchanged = Draft::of(&view.tokens[0], true).findings(&view, Some(&id));
        assert_eq!(unchanged, Findings::default());
    }

    #[test]
    fn fields_are_bounded() {
        let long = Draft { name: "n".repeat(201), device: "d\ne".to_owned(), ..draft("a b", &Secret::default()) };
        let findings = long.findings(&SitesView::default(), None);
        assert_eq!(findings.name.as_deref(), Some("A name has at most 200 characters."));
        assert_eq!(findings.device.as_deref(), Some("A device's id is one line of text."));
        assert_eq!(findings.site.as_deref(), Some("A site's id has only letters without accents, digits and . _ : -."));
    }
}
