//! What a person sets, here or in another tab.

use super::turn::Turn;
use super::{Effect, Keeper, News, NoticeKind};
use crate::settings::WorkerTokenSettings;
use crate::vault::StoreError;

impl Keeper {
    /// A person set something: it holds at once, then it is written, then the other tabs read it.
    pub(super) fn set(&mut self, settings: WorkerTokenSettings, turn: &mut Turn) {
        let settings = settings.bounded();
        if settings == self.surroundings.settings {
            return;
        }
        self.follow(settings);
        turn.want(Effect::WriteSettings(settings));
        turn.want(Effect::Tell(News::Settings));
    }

    /// These settings hold from now on, also for the tokens there.
    pub(super) fn follow(&mut self, settings: WorkerTokenSettings) {
        let settings = settings.bounded();
        self.surroundings.settings = settings;
        self.entries.values_mut().for_each(|entry| entry.follow(settings.into()));
    }

    /// What stands in the vault holds again, so that this tab does as the others do.
    pub(super) fn settings_not_saved(&mut self, error: &StoreError, turn: &mut Turn) {
        if let StoreError::SignedOut { current } = error {
            turn.signed_out = Some(*current);
            return;
        }
        turn.say(NoticeKind::Problem, format!("The settings could not be saved: {error}. They are as they were."));
        turn.want(Effect::ReadSettings);
    }
}
