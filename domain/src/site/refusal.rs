use super::{FormatError, TestOutcome, TestReport};
use crate::api::{Code, Problem};
use crate::audit::Reason;
use crate::id::SiteTokenId;
use crate::tenant::Limit;
use crate::vault::StoreError;

/// Why a command was not carried out; nothing was changed then. The text is for a person.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SiteRefusal {
    /// The vault is not open, or locked.
    #[error("This browser's storage is not open. Unlock it, or reload the page.")]
    NotOpen,
    /// There is no such token any more.
    #[error("This token is no longer kept here. It may have been removed in another tab.")]
    Gone,
    /// Some fields are wrong; see [`super::Draft::findings`].
    #[error("Some fields need attention.")]
    Fields,
    /// It has not a token's form.
    #[error("{0}")]
    Format(#[from] FormatError),
    /// The same text is kept for the same place already.
    #[error("This token is kept for this site already.")]
    Duplicate(SiteTokenId),
    /// The test found that the API does not take it, or could not be asked.
    #[error("The test did not succeed, so nothing was changed.")]
    TestFailed(Box<TestReport>),
    /// The provider has no refresh endpoint: a person must get a new token.
    #[error("The provider gives no new tokens by itself. Get a new one there, and enter it here.")]
    NoRefresh,
    /// The tenant's limits are against it.
    #[error("{0} Change that on the Tenants page, or work in another tenant.")]
    NotAllowed(#[from] Limit),
    /// Another tab changed it in between.
    #[error("It was changed in another tab. See what is there now, and try again.")]
    Changed,
    /// Our server or the provider refused.
    #[error("{}. {}", .0.title, .0.detail)]
    Problem(Problem),
    /// Storage refused.
    #[error("This browser's storage can't be used: {0}.")]
    NotStored(StoreError),
}

impl SiteRefusal {
    /// The word for it in the audit log; `None` for what a person is only told at the form, as nothing was tried.
    pub fn reason(&self) -> Option<Reason> {
        let word = match self {
            Self::NotOpen | Self::Fields | Self::Format(_) => return None,
            Self::TestFailed(report) => return report.reason(),
            Self::Problem(problem) => return Some(reason_of(problem.code)),
            Self::Gone => "gone",
            Self::Duplicate(_) => "duplicate",
            Self::NoRefresh => "no_refresh",
            Self::NotAllowed(limit) => return Some(reason_of(limit.code())),
            Self::Changed => "changed_elsewhere",
            Self::NotStored(_) => "not_stored",
        };
        Reason::parse(word).ok()
    }
}

impl TestReport {
    /// Why the test did not succeed, as a word for the audit log; `None` when it did.
    pub fn reason(&self) -> Option<Reason> {
        let word = match self.outcome {
            TestOutcome::Works => return None,
            TestOutcome::Rejected => "test_rejected",
            TestOutcome::Revoked => "test_revoked",
            TestOutcome::Forbidden => "test_forbidden",
            TestOutcome::Unknown => match &self.problem {
                Some(problem) => return Some(reason_of(problem.code)),
                None => "test_failed",
            },
        };
        Reason::parse(word).ok()
    }
}

/// A problem's code, as it stands on the wire.
fn reason_of(code: Code) -> Reason {
    let word = serde_json::to_value(code).ok().and_then(|word| Reason::parse(word.as_str()?).ok());
    word.unwrap_or_else(|| Reason::parse("refused").expect("a plain word is a reason"))
}

impl From<StoreError> for SiteRefusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Superseded { .. } => Self::Changed,
            StoreError::Locked => Self::NotOpen,
            error => Self::NotStored(error),
        }
    }
}

impl From<Problem> for SiteRefusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Claims;
    use super::*;
    use crate::time::{Span, Timestamp};

    fn report(outcome: TestOutcome, problem: Option<Problem>) -> TestReport {
        let at = Timestamp::from_seconds(1);
        TestReport { outcome, claims: Claims::default(), sites: None, problem, at, took: Span::ZERO }
    }

    fn words(refusal: &SiteRefusal) -> Option<String> {
        refusal.reason().map(|reason| reason.as_str().to_owned())
    }

    #[test]
    fn what_was_tried_and_failed_has_a_word_for_the_log_and_a_form_filled_in_wrongly_has_none() {
        let late = Problem::new(Code::UpstreamTimeout);
        let failed = |outcome, problem| words(&SiteRefusal::TestFailed(Box::new(report(outcome, problem))));
        assert_eq!(failed(TestOutcome::Rejected, None).as_deref(), Some("test_rejected"));
        assert_eq!(failed(TestOutcome::Unknown, Some(late.clone())).as_deref(), Some("upstream_timeout"));
        assert_eq!(report(TestOutcome::Works, None).reason(), None);
        assert_eq!(words(&late.into()).as_deref(), Some("upstream_timeout"));
        assert_eq!(words(&SiteRefusal::NotAllowed(Limit::Sites)).as_deref(), Some("site_not_allowed"));
        assert_eq!(words(&StoreError::QuotaExceeded.into()).as_deref(), Some("not_stored"));
        assert_eq!((words(&SiteRefusal::Fields), words(&SiteRefusal::NotOpen)), (None, None));
    }
}
