use leptos::prelude::*;

use super::{Opening, Sites, form, import, legacy, many, refresh};
use crate::components::Dialog;
use crate::lazy::lazy;

lazy! {
    /// All that the dialog can show: not needed before it is opened.
    fn lazy_content = sites, content;
}

/// The dialog of site tokens; it stands once in the shell.
pub(crate) fn site_dialog() -> AnyView {
    let sites = expect_context::<Sites>();
    let title = Signal::derive(move || {
        let name = |id| sites.with(|view| view.token(id).map(|token| token.name.clone())).unwrap_or_default();
        match &sites.opening.get() {
            Opening::Add => "Add new site token".to_owned(),
            Opening::Edit(id) => format!("Edit {}", name(id)),
            Opening::Refresh(id) => format!("Refresh the token of {}", name(id)),
            Opening::Import => "Import site tokens".to_owned(),
            Opening::Legacy => "Take over tokens of an earlier app".to_owned(),
            Opening::Points(ids) => format!("Points of {}", crate::words::count(ids.len(), "site")),
            Opening::Test(ids) if ids.len() == 1 => "Test of 1 site".to_owned(),
            Opening::Test(ids) => format!("Test of {} sites", ids.len()),
        }
    });
    Effect::new(move |was_open: Option<bool>| {
        let is_open = sites.open.get();
        if was_open == Some(true) && !is_open {
            sites.was_closed();
        }
        is_open
    });
    view! {
        <Dialog id="site" title open=sites.open dirty=sites.dirty wide=true>
            {lazy_content().when_loaded()}
        </Dialog>
    }
    .into_any()
}

fn content() -> AnyView {
    let sites = expect_context::<Sites>();
    let shown = move || match sites.opening.get() {
        Opening::Add => form::form(sites, None),
        Opening::Edit(id) => form::form(sites, Some(id)),
        Opening::Refresh(id) => refresh::refresh(sites, id),
        Opening::Import => import::import(sites),
        Opening::Legacy => legacy::legacy(sites),
        Opening::Test(ids) => many::tests(sites, ids),
        Opening::Points(ids) => many::points(sites, ids),
    };
    view! { {shown} }.into_any()
}
