//! Leptos components and pages.
//!
//! This crate knows `domain` and nothing of browser storage, HTTP or the database: what it needs from outside comes in
//! as [`Ports`], provided at both composition roots (the server's router and the browser's entry). A person's deed is
//! a [`domain::keeper::Command`]; what a person sees is a signal of [`domain::keeper::View`].
//!
//! The rules of this crate:
//!
//! - The first render is equal on both sides: no clock, storage or theme in it. Times in words start once
//!   [`Desk::now`] is there.
//! - A secret lives in the signals of the dialog it was typed into, or in the keeper's view; never in a `Resource`,
//!   which is written into the HTML.
//! - No inline `style=`: the content security policy allows none.
//! - Views are erased (`into_any`) at page and branch boundaries, which keeps the WASM small.

// A component that waits for signals is a closure tree; its types say nothing a reader needs.
#![allow(clippy::type_complexity)]

mod alerts;
mod application;
mod ask;
mod components;
mod connection_dialog;
mod connections;
mod document;
mod dom;
mod gateway;
mod lazy;
mod pages;
mod ports;
mod session;
mod shell;
mod sites;
mod tenancy;
mod toasts;
mod token;
mod transfer;
mod words;
mod worker_token;

pub(crate) use application::Awake;
pub use application::{App, is_inside, load_page};
pub use document::{Assets, document};
pub use ports::{Desk, Ports};
