use domain::id::ProviderId;
use domain::provider::Provider;
use leptos::prelude::*;

use crate::components::Choice;
use crate::connection_dialog::ConnectionDialog;
use crate::tenancy::Tenancy;

/// The providers whose tokens people paste, as far as an admin and the tenant allow them; `None` while they are asked for.
pub(crate) fn site_providers() -> Memo<Option<Vec<Provider>>> {
    let (allowed, tenancy) = (site_apis(), expect_context::<Tenancy>());
    Memo::new(move |_| {
        let api = tenancy.current.with(|tenant| tenant.as_ref().and_then(|tenant| tenant.api.clone()));
        let is_its = |one: &Provider| api.as_ref().is_none_or(|api| *api == one.id);
        allowed.get().map(|allowed| allowed.into_iter().filter(is_its).collect())
    })
}

/// The providers whose tokens people paste, as far as an admin allows them; `None` while they are asked for.
pub(crate) fn site_apis() -> Memo<Option<Vec<Provider>>> {
    let dialog = expect_context::<ConnectionDialog>();
    Memo::new(move |_| {
        let usable = |one: &Provider| one.enabled && one.kind.takes_site_tokens();
        dialog.known().map(|known| known.into_iter().filter(usable).collect())
    })
}

/// Providers to choose from. `kept` is the id of one that stays a choice though it is not among them any more.
pub(crate) fn provider_choices(among: Memo<Option<Vec<Provider>>>, kept: Option<ProviderId>) -> Signal<Vec<Choice>> {
    let dialog = expect_context::<ConnectionDialog>();
    Signal::derive(move || {
        let known = among.get().unwrap_or_default();
        let gone = kept.as_ref().filter(|kept| known.iter().all(|one| one.id != **kept));
        let gone = gone.map(|id| Choice::new(id.as_str(), dialog.provider_name(id)));
        known.into_iter().map(|one| Choice::new(one.id.as_str(), one.name)).chain(gone).collect()
    })
}

/// A provider's name, worth saying only where there is more than one.
pub(crate) fn provider_name(id: &ProviderId) -> String {
    expect_context::<ConnectionDialog>().provider_name(id)
}
