//! What happens around every request, outermost first: the request's id and log line, a net for panics, security
//! headers, where the request comes from, limits, the defence against other sites.

mod caching;
mod cors;
mod cross_site;
mod headers;
mod log;
mod origin;
mod panics;
mod request_id;

pub use caching::{Shared, StaticFile, cache};
pub use cors::answer_other_origins;
pub use cross_site::refuse_cross_site;
pub use headers::{Connection, content_policy, guard_headers};
pub use log::{Who, log};
pub use origin::locate;
pub use panics::caught;
pub use request_id::identify;
