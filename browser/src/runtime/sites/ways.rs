//! A call's way from one token to the next: vault, sync, the operator's default token, and at last a person.

use std::mem::replace;
use std::rc::Rc;

use domain::api::Problem;
use domain::site::{About, CallFailure, ChainSource, Origin, Resolution, Site, SiteCall, Tried, WhyNot};

use super::super::Inner;
use super::offline::Queued;

/// What a call tried so far.
#[derive(Default)]
pub(super) struct Way {
    /// What the API refused.
    refused: Vec<Origin>,
    /// What it said when it refused the last one.
    problem: Option<Problem>,
    /// What sync said.
    synced: Option<WhyNot>,
    /// Whether a refresh was tried.
    refreshed: bool,
    /// Whether a person was asked for a token where there is none.
    asked: bool,
    /// Whether a person was waited for who replaces a refused one.
    waited: bool,
    /// Its part of the calls that wait for the network.
    pub(super) queued: Queued,
}

impl Way {
    /// The best token that was not refused.
    pub(super) fn next(&self, resolution: &Resolution) -> Option<Origin> {
        resolution.origins.iter().find(|origin| !self.refused.contains(origin)).cloned()
    }

    /// The API refused it.
    pub(super) fn refused(&mut self, origin: Origin, problem: Problem) {
        self.refused.push(origin);
        self.problem = Some(problem);
    }

    /// Whether other devices' tokens are to be looked at now: the vault has none, and sync comes before the operator's token,
    /// unless that is the one meant.
    pub(super) fn lacks_sync(&self, site: &Site, resolution: &Resolution, next: Option<&Origin>) -> bool {
        let is_missing = match next {
            Some(Origin::Vault(_)) => false,
            Some(Origin::Operators) => *site != Site::Operators,
            None => true,
        };
        is_missing && self.synced.is_none() && resolution.place.is_some()
    }
}

impl Inner {
    pub(super) async fn look_at_sync(self: &Rc<Self>, way: &mut Way, resolution: &Resolution) {
        way.queued.passes();
        let Some(place) = &resolution.place else { return };
        let why = self.ask_sync(place).await;
        if why == WhyNot::None {
            // What came is read at once; what can't be read now is not there for this call.
            drop(self.read_sites(false).await);
        }
        way.synced = Some(why);
    }

    /// No token is left to go with: a new one is waited for, where one may come.
    ///
    /// # Errors
    ///
    /// [`CallFailure`] where none comes.
    pub(super) async fn goes_on(
        self: &Rc<Self>,
        call: &SiteCall,
        way: &mut Way,
        mut resolution: Resolution,
    ) -> Result<(), CallFailure> {
        way.queued.passes();
        if let Some(problem) = way.problem.take() {
            return if self.person_replaced(call, way).await { Ok(()) } else { Err(CallFailure::Problem(problem)) };
        }
        if !replace(&mut way.refreshed, true) && self.refreshed_by_itself(&call.site, &resolution).await {
            return Ok(());
        }
        if let Some(why) = way.synced {
            resolution = resolution.with_sync(why);
        }
        if !replace(&mut way.asked, true) && self.person_gave(call, &resolution).await {
            return Ok(());
        }
        Err(CallFailure::NoToken(resolution.tried))
    }

    /// Every token was refused, and a dialog says so: a call that changes nothing is made once more with what the person gives
    /// in its place. Gives whether there is something.
    async fn person_replaced(self: &Rc<Self>, call: &SiteCall, way: &mut Way) -> bool {
        let kept = way.refused.iter().find_map(|origin| match origin {
            Origin::Vault(id) => Some(id.clone()),
            Origin::Operators => None,
        });
        let may_repeat = call.may_ask && call.body.is_none();
        let Some(id) = kept.filter(|_| may_repeat && !replace(&mut way.waited, true)) else { return false };
        self.wait_for_person(About::Token(id)).await;
        // What was refused and can be used again has another text, or passed a test since.
        way.refused.retain(|origin| *origin == Origin::Operators);
        let resolution = Resolution::of(&call.site, &self.sites.view.borrow(), self.now());
        way.next(&resolution).is_some()
    }

    /// Asks a person for a token, and waits until there is one or the dialog is closed. Gives whether there is one now.
    async fn person_gave(self: &Rc<Self>, call: &SiteCall, resolution: &Resolution) -> bool {
        if !call.may_ask {
            return false;
        }
        let about = match (&call.site, &resolution.place) {
            (Site::Of(id), Some(_)) => About::Token(id.clone()),
            (_, Some(place)) => About::Place(place.clone()),
            _ => return false,
        };
        let token = match &about {
            About::Token(id) => self.site_facts(id).ok(),
            About::Place(_) | About::Operators => None,
        };
        {
            let mut prompts = self.sites.prompts.borrow_mut();
            match (&token, expired(&resolution.tried)) {
                (Some(token), true) => prompts.met_expired(token),
                _ => prompts.met_nothing(about.clone(), resolution.tried.clone()),
            }
        }
        let answered = self.wait_for_person(about);
        self.look_after_site_prompts();
        answered.await;
        let resolution = Resolution::of(&call.site, &self.sites.view.borrow(), self.now());
        !resolution.origins.is_empty()
    }
}

fn expired(tried: &[Tried]) -> bool {
    tried.iter().any(|tried| tried.source == ChainSource::Vault && tried.why == WhyNot::Expired)
}
