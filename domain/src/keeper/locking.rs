//! The vault's lock: while it is shut nothing is given out, asked for or known here.

use super::session::closed;
use super::turn::Turn;
use super::{Effect, Keeper, Phase};

impl Keeper {
    /// A person locks the vault here, or has not touched it for long: nobody gets anything from now on, then the key goes.
    pub(super) fn lock(&mut self, turn: &mut Turn) {
        turn.want(Effect::LockVault);
        self.shut(turn);
    }

    /// The key is gone: it never was here, another tab locked, or the key was replaced by one this tab can't have.
    pub(super) fn vault_locked(&mut self, turn: &mut Turn) {
        self.shut(turn);
    }

    /// Callers are let go, and everything that was read is forgotten. What was wanted of the vault before is still done,
    /// in its order; an answer that comes now means nothing, and an intent left behind is gone on with after the vault is
    /// opened again, as after a crash.
    fn shut(&mut self, turn: &mut Turn) {
        self.phase = Phase::Locked;
        self.forget_all(&closed(&self.phase, turn.now), turn);
        (self.looking, self.slept_early) = (None, false);
    }
}
