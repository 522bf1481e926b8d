//! Passwords, sessions, their cookie, and the pace of failed sign-ins.

mod cookie;
mod names;
mod pace;
mod passwords;
mod session;

pub use cookie::{CookieKind, clear_cookie, kind_for, read_cookie, set_cookie};
pub use names::{checked_password, folded, is_username};
pub use pace::{FORGET_AFTER, account_subject, address_subject, pace_account, pace_address};
pub use passwords::{Argon2id, Passwords, Verify};
pub(crate) use session::ends_at;
pub use session::{Browser, Page, SignedIn, authenticate, cut_user_agent, look, new_secret, open};
