//! Sites: places whose API is called with a token of their own.

mod id;

pub use id::{SiteId, SiteIdError};
