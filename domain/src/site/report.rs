use super::Claims;
use crate::api::Problem;
use crate::time::{Span, Timestamp};

/// What a test found out. A test is a real call to the provider's API, through the gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct TestReport {
    /// What came of it.
    pub outcome: TestOutcome,
    /// What the token says of itself.
    pub claims: Claims,
    /// How many sites it reaches, as the API said.
    pub sites: Option<u64>,
    /// Why, unless it works: title and detail are for a person.
    pub problem: Option<Problem>,
    /// When it ended.
    pub at: Timestamp,
    /// How long it took.
    pub took: Span,
}

/// What came of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestOutcome {
    /// The API took the token.
    Works,
    /// The API does not know the token (401).
    Rejected,
    /// The API said that the token was revoked (401).
    Revoked,
    /// The API knows the token and does not let it list sites (403). The token itself may be good for other calls.
    Forbidden,
    /// The API did not answer, or not as an API does: nothing is known of the token.
    Unknown,
}
