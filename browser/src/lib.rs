//! The browser's side of the ports: storage, Web Crypto, locks, channels, fetch, timers.
//!
//! The rules of this crate:
//!
//! - It decides nothing. A [`Runtime`] owns the page's keeper, carries out what it wants done, and turns what happens
//!   into its next input. Who renews, who waits and who is told is decided in `domain::keeper`.
//! - It knows nothing of the framework that draws the page: what there is to see leaves through callbacks.
//! - Nothing of browser storage is `Send`. Where a port's type wants it, the value is wrapped here and nowhere else.
//! - A secret leaves memory only sealed (vault), over the server's API (fetch), or to the clipboard when a person asks.

mod cipher;
pub mod clock;
pub mod http;
mod js;
pub mod legacy;
pub mod locks;
pub mod page;
pub mod passkeys;
pub mod passphrase;
pub mod preferences;
pub mod private_key;
mod runtime;
pub mod sync;
pub mod tabs;
pub mod tenants;
pub mod vault;

pub use cipher::{Cipher, cipher};
pub use http::HttpApi;
pub use preferences::BrowserPreferences;
pub use runtime::Runtime;
