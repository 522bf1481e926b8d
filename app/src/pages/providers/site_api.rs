use domain::api::Problem;
use domain::api::gateway::ApiPath;
use domain::https_url::HttpsUrl;
use domain::provider::{DEFAULT_TEST_PATH, ProviderKind};
use leptos::prelude::*;

use super::form::add;
use crate::ask::Deed;
use crate::components::Field;

/// What stands in the fields of a provider of site tokens, as it was typed.
#[derive(Clone, Copy)]
pub(super) struct SiteApi {
    base: RwSignal<String>,
    test_path: RwSignal<String>,
    refresh_path: RwSignal<String>,
}

impl SiteApi {
    /// The fields with what a kind says, or with what is usual.
    pub(super) fn new(kind: Option<&ProviderKind>) -> Self {
        let (base, test, refresh) = match kind {
            Some(ProviderKind::SiteApi { base, test_path, refresh_path }) => {
                let refresh = refresh_path.as_ref().map(|path| path.as_str().to_owned());
                (base.to_string(), test_path.as_str().to_owned(), refresh.unwrap_or_default())
            }
            _ => (String::new(), DEFAULT_TEST_PATH.to_owned(), String::new()),
        };
        Self { base: RwSignal::new(base), test_path: RwSignal::new(test), refresh_path: RwSignal::new(refresh) }
    }

    /// The kind as the fields describe it; what can't be read is added to the problem.
    pub(super) fn read(self, problem: &mut Problem) -> Option<ProviderKind> {
        let base = HttpsUrl::parse(self.base.get_untracked().trim());
        let base = base.map_err(|error| add(problem, "base", format!("This can't be used: {error}."))).ok();
        let test_path = path(problem, "test_path", &self.test_path.get_untracked());
        if test_path.is_none() && self.test_path.with_untracked(|text| text.trim().is_empty()) {
            add(problem, "test_path", "Enter what is read to test a token.".to_owned());
        }
        let refresh_path = path(problem, "refresh_path", &self.refresh_path.get_untracked());
        Some(ProviderKind::SiteApi { base: base?, test_path: test_path?, refresh_path })
    }
}

/// A path as people write it: a slash in front is theirs.
fn path(problem: &mut Problem, field: &str, text: &str) -> Option<ApiPath> {
    let text = text.trim();
    let text = text.strip_prefix('/').unwrap_or(text);
    if text.is_empty() {
        return None;
    }
    ApiPath::parse(text).map_err(|error| add(problem, field, format!("This can't be used: {error}."))).ok()
}

/// The fields.
pub(super) fn fields(form: SiteApi, deed: Deed) -> AnyView {
    view! {
        <Field
            id="site-api-base"
            label="API base URL"
            kind="url"
            value=form.base
            code=true
            hint="Calls go below this address and nowhere else"
            notes=deed.notes("base")
        />
        <Field
            id="test-path"
            label="Test path"
            value=form.test_path
            code=true
            hint="Read to see whether a token works: a list of the sites it reaches"
            notes=deed.notes("test_path")
        />
        <Field
            id="refresh-path"
            label="Refresh path"
            value=form.refresh_path
            code=true
            hint="Optional. Where a token is exchanged for a newer one, with POST"
            notes=deed.notes("refresh_path")
        />
    }
    .into_any()
}
