//! The browser's side of the ports in a real browser: real IndexedDB, localStorage, Web Crypto, Web Locks and channels.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

mod at_hand;
mod clearing;
mod deed_reports;
mod gateway;
mod http;
mod leaving;
mod legacy;
mod locks;
mod monitoring;
mod newer_build;
mod page;
mod places;
mod private_key;
mod rig;
mod runtime;
mod sealing;
mod site_chain;
mod site_counts;
mod site_limits;
mod site_offline;
mod site_reports;
mod site_vault;
mod sites;
mod stepping_down;
mod storage_manager;
mod sync;
mod sync_rig;
mod sync_runtime;
mod tabs;
mod tenants;
mod transfer;
mod vault;
mod vault_key;
mod vault_view;
mod worker_reports;
mod worker_token;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
