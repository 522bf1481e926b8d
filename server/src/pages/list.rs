//! The paths of the app's pages, as the app's own router names them.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use app::Ports;
use leptos::prelude::{Owner, provide_context};
use leptos_meta::ServerMetaContext;
use leptos_router::location::RequestUrl;
use leptos_router::{ExpandOptionals, PathSegment, RouteList};

/// The paths, as the server's router takes them, such as `/connections/{id}`.
///
/// Walks through the app without showing it; once a process, because meanwhile no resource loads anywhere in it.
pub fn paths(ports: Ports) -> &'static BTreeSet<String> {
    static PATHS: OnceLock<BTreeSet<String>> = OnceLock::new();
    PATHS.get_or_init(|| walked(ports))
}

fn walked(ports: Ports) -> BTreeSet<String> {
    // Rendering needs to know its runtime; a second call finds it set, which is fine.
    let _ = any_spawner::Executor::init_tokio();
    let owner = Owner::new_root(None);
    let list = owner.with(|| {
        provide_context(RequestUrl::new(""));
        provide_context(ServerMetaContext::new().0);
        leptos::nonce::provide_nonce();
        provide_context(ports);
        RouteList::generate(app::App)
    });
    let listed = list.map(RouteList::into_inner).unwrap_or_default();
    let segments = listed.iter().flat_map(|page| page.path().to_vec().expand_optionals());
    segments.map(|segments| path(&segments)).collect()
}

fn path(segments: &[PathSegment]) -> String {
    let text = segments.iter().fold(String::new(), |text, segment| match segment {
        PathSegment::Unit => text,
        PathSegment::Static(name) if name.trim_matches('/').is_empty() => text,
        PathSegment::Static(name) => format!("{text}/{}", name.trim_matches('/')),
        PathSegment::Param(name) | PathSegment::OptionalParam(name) => format!("{text}/{{{name}}}"),
        PathSegment::Splat(name) => format!("{text}/{{*{name}}}"),
    });
    if text.is_empty() { "/".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_page_of_the_app_has_a_path() {
        let paths = paths(super::super::idle_ports());
        for page in ["/", "/setup", "/invitation", "/sign-in", "/connections", "/connections/{id}", "/account"] {
            assert!(paths.contains(page), "{page} is not among {paths:?}");
        }
    }
}
