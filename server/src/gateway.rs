//! What the gateway keeps beside the way out: the calls of each site, the operator's default token, streams.

mod default_token;
mod echo;
mod flow;
mod frames;
mod kinds;
mod streams;
mod windows;

pub use default_token::{DefaultTokenError, DefaultTokenFile};
pub use echo::Echo;
pub use flow::{Bounds, Flow};
pub use frames::Frames;
pub use kinds::passed_on;
pub use streams::{Stream, Streams};
pub use windows::{Window, WindowKey, Windows};
