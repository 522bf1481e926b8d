//! Site tokens: texts a person was given for one site or device, pasted in, usually a JWT that only the API can verify.
//!
//! What is known of a token ([`SiteToken`]) is kept apart from its text, so that thousands are listed without opening a
//! single text. [`SitesView`] is what a person sees, [`SiteCommand`] what a person does; the rules between them are pure
//! functions of both and of the time.

mod call;
mod chain;
mod command;
mod counts;
mod default_token;
mod draft;
mod find;
mod hash;
mod id;
pub mod import;
mod judge;
mod kept;
mod legacy;
mod metrics;
mod points;
mod prompt;
mod prompts;
mod quota;
mod refusal;
mod report;
#[cfg(any(test, feature = "testing"))]
pub mod sample;
mod shelf;
mod standing;
mod text;
mod token;
mod view;

pub use call::{CallFailure, Site, SiteAnswer, SiteCall, SiteResult};
pub use chain::{ChainSource, Origin, Resolution, Tried, WhyNot, tried_in_words};
pub use command::{Done, Each, SiteCommand};
pub use counts::{LONGEST_AGE, MOST_TOLD, TOLD_FOR, TokenCounts};
pub use default_token::DefaultToken;
pub use draft::{Draft, Findings};
pub use find::{Filter, Order, Query, by_name};
pub use hash::TokenHash;
pub use id::{SiteId, SiteIdError};
pub use import::{ImportRow, RowDeed, RowState};
pub use judge::{RefusedCall, refreshed_token, sites_reached};
pub use kept::{AfterRefusal, Kept, TokenTexts};
pub use legacy::{
    LEGACY_DATABASES, LEGACY_RECORDS, LEGACY_SITE, LegacyDeed, LegacyFound, LegacyItem, LegacyPlace, LegacyPlan,
    LegacyTaken, LegacyText, LegacyUnreadable, LegacyWork,
};
pub use metrics::SiteMetrics;
pub use points::{Point, Points};
pub use prompt::{About, Answer, Matter, Prompt};
pub use prompts::{Answered, Prompts};
pub use refusal::SiteRefusal;
pub use report::{TestOutcome, TestReport};
pub use shelf::Shelf;
pub use standing::{Advice, Standing, days_left};
pub use text::{Claims, FormatError, LONGEST, Mend, Pasted, SHORTEST, check};
pub use token::{DEVICE_MAX, NAME_MAX, Previous, SitePlace, SiteToken, Source, UNDO, Used, Verdict, VerdictKind};
pub use view::{Chosen, Quota, Running, Setup, SitesPhase, SitesView, TokenError};
