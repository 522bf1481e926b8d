use super::{
    About, Answer, CallFailure, Chosen, Draft, ImportRow, LegacyPlan, LegacyTaken, Prompt, Setup, SiteAnswer, SiteCall,
    SiteRefusal, SiteResult, TestReport,
};
use crate::id::{ProviderId, SiteTokenId};
use crate::secret::Secret;
use crate::tenant::Limits;

/// Who is told what came of a command.
pub type Done<T> = Box<dyn FnOnce(T)>;
/// Who is told of each of many.
pub type Each<T> = Box<dyn Fn(T)>;

/// What a person or a page wants done with site tokens. It is taken at once, and answered by calling `done`, after the view
/// shows what came of it.
pub enum SiteCommand {
    /// Keep a new token.
    Add {
        /// As it was entered.
        draft: Draft,
        /// Whether it is tested first, and kept only if it works (or is [`super::TestOutcome::Forbidden`]).
        test: bool,
        /// Gets its record, once that is durable.
        done: Done<Result<SiteTokenId, SiteRefusal>>,
    },
    /// Change what is kept. An empty `draft.token` leaves the text as it is; another one is as [`SiteCommand::Rotate`].
    Edit {
        /// Which.
        id: SiteTokenId,
        /// As it shall be.
        draft: Draft,
        /// Whether a new text is tested first.
        test: bool,
        /// Hears how it ended, once that is durable.
        done: Done<Result<(), SiteRefusal>>,
    },
    /// Replace a token's text: the new one is tested, then stored; the old one is kept until the new one has worked once
    /// in a call, and stands in for it until then.
    Rotate {
        /// Whose.
        id: SiteTokenId,
        /// The new text, as it was pasted.
        token: Secret,
        /// Gets what the test found.
        done: Done<Result<TestReport, SiteRefusal>>,
    },
    /// Ask the provider's refresh endpoint for a new text, then as [`SiteCommand::Rotate`];
    /// [`SiteRefusal::NoRefresh`] where the provider has none, so that a person is guided to a new one.
    Refresh {
        /// Whose.
        id: SiteTokenId,
        /// Gets what the test found.
        done: Done<Result<TestReport, SiteRefusal>>,
    },
    /// Forget tokens, in one transaction: hidden at once, and gone with their texts after [`super::UNDO`].
    Remove {
        /// Which.
        ids: Vec<SiteTokenId>,
        /// Hears how it ended, once that is durable.
        done: Done<Result<(), SiteRefusal>>,
    },
    /// Bring removed tokens back, within [`super::UNDO`].
    Restore {
        /// Which.
        ids: Vec<SiteTokenId>,
        /// Hears how it ended, once that is durable.
        done: Done<Result<(), SiteRefusal>>,
    },
    /// Make a token's site the default one; `None` for none.
    SetDefault {
        /// Which.
        id: Option<SiteTokenId>,
        /// Hears how it ended, once that is durable.
        done: Done<Result<(), SiteRefusal>>,
    },
    /// Set the site selector.
    Choose(Chosen),
    /// The tenant limits its tokens to these from now on.
    Limit(Limits),
    /// Keep how far the first-time setup is.
    KeepSetup(Setup),
    /// Test a token that is kept, or the operator's.
    Test {
        /// Which.
        chosen: Chosen,
        /// Gets what was found.
        done: Done<Result<TestReport, SiteRefusal>>,
    },
    /// Test a text that is not kept yet, as it was pasted.
    TestDraft {
        /// Whose API.
        provider: ProviderId,
        /// Which site's; needed where a tenant limits its sites.
        site: String,
        /// The text.
        token: Secret,
        /// Gets what was found.
        done: Done<Result<TestReport, SiteRefusal>>,
    },
    /// Test many, a few at a time. One that fails harms no other.
    TestMany {
        /// Which.
        ids: Vec<SiteTokenId>,
        /// Gets each report as it comes.
        each: Each<(SiteTokenId, Result<TestReport, SiteRefusal>)>,
        /// Called after the last.
        done: Done<()>,
    },
    /// A token's text, to be shown.
    Reveal {
        /// Whose.
        id: SiteTokenId,
        /// Gets it.
        done: Done<Result<Secret, SiteRefusal>>,
    },
    /// Put a token's text on the clipboard.
    Copy {
        /// Whose.
        id: SiteTokenId,
        /// Hears whether it is there, or why not, for a person.
        done: Done<Result<(), String>>,
    },
    /// Keep many new tokens, or replace texts, as the rows say, in one transaction: all or none.
    Import {
        /// What is to be done; rows that are skipped are left out.
        rows: Vec<ImportRow>,
        /// Hears how many were written.
        done: Done<Result<usize, SiteRefusal>>,
    },
    /// Call a site's API. The token is put in on the way.
    Call {
        /// The call.
        call: SiteCall,
        /// Gets the answer.
        done: Done<Result<SiteAnswer, CallFailure>>,
    },
    /// Call many, a few at a time. One that fails harms no other; each result says whose it is.
    CallMany {
        /// The calls.
        calls: Vec<SiteCall>,
        /// Gets each result as it comes.
        each: Each<SiteResult>,
        /// Called after the last.
        done: Done<()>,
    },
    /// What a person said to the dialog that is due.
    Answer {
        /// The dialog.
        prompt: Prompt,
        /// What was said.
        answer: Answer,
    },
    /// Nobody enters a token for it any more: calls that wait for one are let go.
    LetGo(About),
    /// What would be taken over from an earlier app: a dry run, nothing is changed.
    PlanLegacy {
        /// Gets it.
        done: Done<Result<LegacyPlan, SiteRefusal>>,
    },
    /// Take over what the plan said, if it still stands so. What is taken over is read back before anything is removed.
    TakeOverLegacy {
        /// The plan a person saw.
        plan: LegacyPlan,
        /// Whose API the tokens are for.
        provider: ProviderId,
        /// Gets what was done.
        done: Done<Result<LegacyTaken, SiteRefusal>>,
    },
    /// Undo the last taking over: the earlier app's texts stand as they were, and what was taken over is forgotten.
    RollBackLegacy {
        /// Hears how it ended.
        done: Done<Result<(), SiteRefusal>>,
    },
}
