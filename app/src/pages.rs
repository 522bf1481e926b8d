//! The pages, one file each.

mod account;
mod connection;
mod connections;
mod new_account;
mod not_found;
mod overview;
mod providers;
mod sign_in;
mod users;

pub(crate) use account::account;
pub(crate) use connection::connection;
pub(crate) use connections::{connection_signal, connections};
pub(crate) use new_account::{invitation, setup};
pub(crate) use not_found::not_found;
pub(crate) use overview::overview;
pub(crate) use providers::providers;
pub(crate) use sign_in::sign_in;
pub(crate) use users::users;
