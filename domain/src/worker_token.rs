//! Worker tokens as pages use them: what they can ask for, how a token stands, and which form its dialog takes.
//!
//! The older helper and contract 1 disagree for some cases; the contract wins: both "silent retrieval" and "show token at
//! end" on, and a token there, is the token alone; a silent retrieval that fails is the whole dialog, without an error.

use crate::settings::WorkerTokenSettings;

mod given;
mod service;
mod status;

pub use given::{Form, GivenToken, TokenRefused, has_form};
pub use service::{ApiCall, At, Credentials, Done, Refusal, Request, Whose};
pub use status::{AppInfo, LastUsed, Status};

/// Who wants the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A person pressed a button.
    ByPerson,
    /// A page needs a token.
    ByPage,
}

/// How the current connection's token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// There is one, and it is valid.
    Valid,
    /// There is none, or it expired; a credential to get one with is kept.
    Obtainable,
    /// There is none, or it expired, and nothing to get one with.
    Missing,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Nothing opens: the token is there, and is used.
    Nothing,
    /// A token is obtained without asking; then [`after_retrieval`] decides.
    Retrieve,
    /// The token alone.
    TokenOnly,
    /// The whole dialog; with the current token on top, if `with_token`.
    Full {
        /// Whether the current token is shown.
        with_token: bool,
    },
}

/// What to do when someone wants a worker token.
pub fn opening(settings: &WorkerTokenSettings, asked: Asked, token: TokenState) -> Opening {
    let show = settings.show_token_at_end;
    match (token, asked, settings.silent_retrieval) {
        (TokenState::Valid, Asked::ByPage, _) => Opening::Nothing,
        (TokenState::Valid, Asked::ByPerson, true) if show => Opening::TokenOnly,
        (TokenState::Valid, Asked::ByPerson, _) => Opening::Full { with_token: show },
        (TokenState::Obtainable, _, true) => Opening::Retrieve,
        (TokenState::Obtainable | TokenState::Missing, ..) => Opening::Full { with_token: false },
    }
}

/// What to do when a silent retrieval ended.
pub fn after_retrieval(settings: &WorkerTokenSettings, received: bool) -> Opening {
    match (received, settings.show_token_at_end) {
        (true, true) => Opening::TokenOnly,
        (true, false) => Opening::Nothing,
        (false, _) => Opening::Full { with_token: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Asked::{ByPage, ByPerson};
    use Opening::{Full, Nothing, Retrieve, TokenOnly};
    use TokenState::{Missing, Obtainable, Valid};

    const FULL: Opening = Full { with_token: false };
    const FULL_WITH_TOKEN: Opening = Full { with_token: true };

    fn settings(silent_retrieval: bool, show_token_at_end: bool) -> WorkerTokenSettings {
        WorkerTokenSettings { silent_retrieval, show_token_at_end, ..WorkerTokenSettings::default() }
    }

    #[test]
    fn every_combination_opens_what_the_contract_says() {
        // silent retrieval, show token at end, asked, token, what opens
        let table = [
            (true, true, ByPerson, Valid, TokenOnly),
            (true, true, ByPerson, Obtainable, Retrieve),
            (true, true, ByPerson, Missing, FULL),
            (true, true, ByPage, Valid, Nothing),
            (true, true, ByPage, Obtainable, Retrieve),
            (true, true, ByPage, Missing, FULL),
            (true, false, ByPerson, Valid, FULL),
            (true, false, ByPerson, Obtainable, Retrieve),
            (true, false, ByPerson, Missing, FULL),
            (true, false, ByPage, Valid, Nothing),
            (true, false, ByPage, Obtainable, Retrieve),
            (true, false, ByPage, Missing, FULL),
            (false, true, ByPerson, Valid, FULL_WITH_TOKEN),
            (false, true, ByPerson, Obtainable, FULL),
            (false, true, ByPerson, Missing, FULL),
            (false, true, ByPage, Valid, Nothing),
            (false, true, ByPage, Obtainable, FULL),
            (false, true, ByPage, Missing, FULL),
            (false, false, ByPerson, Valid, FULL),
            (false, false, ByPerson, Obtainable, FULL),
            (false, false, ByPerson, Missing, FULL),
            (false, false, ByPage, Valid, Nothing),
            (false, false, ByPage, Obtainable, FULL),
            (false, false, ByPage, Missing, FULL),
        ];
        for (silent, show, asked, token, expected) in table {
            let case = format!("silent {silent}, show {show}, {asked:?}, {token:?}");
            assert_eq!(opening(&settings(silent, show), asked, token), expected, "{case}");
        }
    }

    #[test]
    fn after_a_silent_retrieval_the_token_is_shown_if_wanted_and_a_failure_opens_everything() {
        for (silent, show, received, expected) in [
            (true, true, true, TokenOnly),
            (true, false, true, Nothing),
            (true, true, false, FULL),
            (true, false, false, FULL),
        ] {
            assert_eq!(
                after_retrieval(&settings(silent, show), received),
                expected,
                "show {show}, received {received}"
            );
        }
    }
}
