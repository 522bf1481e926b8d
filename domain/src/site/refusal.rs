use super::{FormatError, TestReport};
use crate::api::Problem;
use crate::id::SiteTokenId;
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
    /// The tenant does not allow this site.
    #[error("This tenant does not allow the site. Allow it on the Tenants page, or work in another tenant.")]
    SiteNotAllowed,
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
