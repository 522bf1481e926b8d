use domain::id::ProviderId;
use domain::provider::Provider;
use leptos::prelude::*;

use crate::connection_dialog::ConnectionDialog;

/// The providers whose tokens people paste, as far as an admin allows them; `None` while they are asked for.
pub(crate) fn site_providers() -> Memo<Option<Vec<Provider>>> {
    let dialog = expect_context::<ConnectionDialog>();
    Memo::new(move |_| {
        let usable = |one: &Provider| one.enabled && one.kind.takes_site_tokens();
        dialog.known().map(|known| known.into_iter().filter(usable).collect())
    })
}

/// A provider's name, worth saying only where there is more than one.
pub(crate) fn provider_name(id: &ProviderId) -> String {
    expect_context::<ConnectionDialog>().provider_name(id)
}
