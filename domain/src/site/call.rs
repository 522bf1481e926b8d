use serde_json::Value;

use super::{ChainSource, SitePlace, Tried};
use crate::api::Problem;
use crate::id::SiteTokenId;
use crate::time::Span;

/// Which site a call goes to. Each call names its site: there is no "current" one below this.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Site {
    /// This token's place, with this token or another one of the place when it can't be used.
    Of(SiteTokenId),
    /// A place, with whichever token the chain gives.
    At(SitePlace),
    /// The site of the operator's default token, with that.
    Operators,
}

/// A call to a site's API.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteCall {
    /// Which site.
    pub site: Site,
    /// The path below the provider's API base with its query, such as `sites/309/points?page=1`.
    pub path: crate::api::gateway::ApiPath,
    /// The JSON body of a `POST`; `None` for a `GET`.
    pub body: Option<Value>,
    /// Whether a person is asked when no token is found, and the call waits for the answer. Else it fails at once, and
    /// names what was tried.
    pub may_ask: bool,
}

/// What an API answered.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteAnswer {
    /// The body.
    pub body: Value,
    /// The token came from here.
    pub source: ChainSource,
    /// Which try of the gateway's it was, from 1.
    pub tries: u32,
    /// How long it took.
    pub took: Span,
}

/// Why a call came to nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum CallFailure {
    /// No token was found: where it was looked for.
    NoToken(Vec<Tried>),
    /// The API or our server refused it, or could not be reached.
    Problem(Problem),
}

/// One site's part of a call to many.
pub type SiteResult = (Site, Result<SiteAnswer, CallFailure>);
