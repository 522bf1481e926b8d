use domain::connection::validation::Severity;
use domain::id::{ProviderId, SiteTokenId};
use domain::secret::Secret;
use domain::site::{Draft, Findings};
use leptos::prelude::*;

use super::entry::{token_info, token_notes};
use super::{Sites, provider_choices, site_providers};
use crate::components::{Field, Note, Notes, SecretArea, Select};

/// What a person types for a new token, or to change one that is kept.
#[derive(Clone, Copy)]
pub(crate) struct DraftForm {
    sites: Sites,
    /// The token that is changed.
    editing: StoredValue<Option<SiteTokenId>>,
    provider: RwSignal<String>,
    site: RwSignal<String>,
    name: RwSignal<String>,
    device: RwSignal<String>,
    token: RwSignal<String>,
    /// Whether its site becomes the default one.
    pub(super) make_default: RwSignal<bool>,
    tried: RwSignal<bool>,
    findings: Memo<Findings>,
}

/// The ids of the fields on the page: the same form may stand on a page and in a dialog over it.
struct Ids {
    provider: &'static str,
    site: &'static str,
    name: &'static str,
    device: &'static str,
    token: &'static str,
}

const ON_PAGE: Ids =
    Ids { provider: "page-provider", site: "page-id", name: "page-name", device: "page-device", token: "page-token" };
const IN_DIALOG: Ids =
    Ids { provider: "site-provider", site: "site-id", name: "site-name", device: "site-device", token: "site-token" };

impl DraftForm {
    /// With what is known already.
    pub(crate) fn new(sites: Sites, editing: Option<SiteTokenId>, draft: Draft) -> Self {
        let editing = StoredValue::new(editing);
        let form = Self {
            sites,
            editing,
            provider: RwSignal::new(draft.provider.to_string()),
            site: RwSignal::new(draft.site),
            name: RwSignal::new(draft.name),
            device: RwSignal::new(draft.device),
            token: RwSignal::new(draft.token.expose().to_owned()),
            make_default: RwSignal::new(draft.make_default),
            tried: RwSignal::new(false),
            findings: Memo::new(|_| Findings::default()),
        };
        let findings = Memo::new(move |_| {
            let draft = form.draft();
            editing.with_value(|editing| sites.with(|view| draft.findings(view, editing.as_ref())))
        });
        Self { findings, ..form }
    }

    /// What is entered; heard again with each key.
    pub(crate) fn draft(self) -> Draft {
        Draft {
            provider: ProviderId::new(self.provider.get()),
            site: self.site.get(),
            name: self.name.get(),
            device: self.device.get(),
            token: Secret::new(self.token.get()),
            make_default: self.make_default.get(),
        }
    }

    /// Whether it can be kept; else what is wrong is shown from now on.
    pub(crate) fn is_fine(self) -> bool {
        self.tried.set(true);
        self.findings.with_untracked(Findings::is_fine)
    }

    /// The token that is changed.
    pub(super) fn editing(self) -> Option<SiteTokenId> {
        self.editing.get_value()
    }

    fn notes(self, of: fn(&Findings) -> Option<String>, value: RwSignal<String>) -> Notes {
        Signal::derive(move || {
            let loud = self.tried.get() || !value.with(String::is_empty);
            let said = self.findings.with(of).filter(|_| loud);
            said.map(|text| Note { severity: Severity::Error, text }).into_iter().collect()
        })
    }

    /// The fields, for a page.
    pub(crate) fn on_page(self) -> AnyView {
        self.fields(&ON_PAGE)
    }

    /// The fields, for a dialog.
    pub(super) fn in_dialog(self) -> AnyView {
        self.fields(&IN_DIALOG)
    }

    fn fields(self, ids: &Ids) -> AnyView {
        let is_new = self.editing.with_value(Option::is_none);
        let loud = Signal::derive(move || self.tried.get() || !self.token.with(String::is_empty));
        let (label, placeholder) = if is_new {
            ("API token", "Paste the token you were given")
        } else {
            ("New API token (optional)", "Leave this blank to keep the token")
        };
        view! {
            {self.provider(ids.provider)}
            <Field
                id=ids.site
                label="Site ID"
                value=self.site
                hint="Example: ses_falls_city or 309"
                notes=self.notes(|findings| findings.site.clone(), self.site)
                code=true
                first=is_new
            />
            <Field
                id=ids.name
                label="Site name"
                value=self.name
                hint="Example: SES Falls City Medical Center. Without a name, the ID stands for it."
                notes=self.notes(|findings| findings.name.clone(), self.name)
            />
            <Field
                id=ids.device
                label="Device ID (optional)"
                value=self.device
                hint="Leave it blank for a token of the whole site."
                notes=self.notes(|findings| findings.device.clone(), self.device)
                code=true
            />
            <SecretArea
                id=ids.token
                label
                value=self.token
                placeholder
                notes=token_notes(self.sites, self.findings, loud)
            />
            {token_info(self.token, self.findings)}
            {self.same_place()}
        }
        .into_any()
    }

    /// Whose token it is, where there is more than one provider.
    fn provider(self, id: &'static str) -> AnyView {
        // A token that is kept stays where it is, even if nobody may add one there any more.
        let kept = self.editing().is_some().then(|| ProviderId::new(self.provider.get_untracked()));
        let choices = provider_choices(site_providers(), kept);
        let several = Memo::new(move |_| choices.with(Vec::len) > 1);
        let shown = move || several.get().then(|| view! { <Select id label="Provider" value=self.provider choices /> });
        view! { {shown} }.into_any()
    }

    /// Another token of the same place is fine, and worth a word.
    fn same_place(self) -> AnyView {
        let shown = move || {
            let words = match self.findings.with(|findings| findings.same_place.len()) {
                0 => return None,
                1 => "Another token of this site is kept already. Both stay; when one can't be used, the other stands in."
                    .to_owned(),
                many => format!("{many} other tokens of this site are kept already. When one can't be used, another stands in."),
            };
            Some(view! { <p class="hint">{words}</p> })
        };
        view! { {shown} }.into_any()
    }
}
