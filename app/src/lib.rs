//! Leptos components and pages.
//!
//! This crate knows `domain` and nothing of browser storage, HTTP or the database: what it needs from outside comes in
//! as [`Ports`], provided at both composition roots (the server's router and the browser's entry). A person's deed is
//! a [`domain::keeper::Command`]; what a person sees is a signal of [`domain::keeper::View`].

mod document;
mod ports;

pub use document::{App, Assets, document};
pub use ports::{Desk, Ports};
