use domain::connection::preview::{Preview, preview};
use domain::time::Timestamp;
use leptos::prelude::*;

use super::ConnectionDialog;
use super::form::{Form, shape};

/// The exact request that "Generate token" makes, as far as the fields say it; every secret is masked.
pub(super) fn request(form: Form, dialog: ConnectionDialog) -> AnyView {
    let text = Memo::new(move |_| {
        let Some(provider) = form.chosen(dialog) else { return "Choose a provider first.".to_owned() };
        let connection = form.connection(shape(Some(&provider)), Timestamp::default());
        match preview(&connection, &provider) {
            Ok(preview) => written(&preview),
            Err(error) => format!("Not yet: {error}."),
        }
    });
    view! {
        <details class="guide">
            <summary>"Preview the request"</summary>
            <p class="hint">"Tokenkeep's server sends this to the provider. Secrets are masked here, and never stored there."</p>
            <pre class="code" data-testid="request">{text}</pre>
        </details>
    }
    .into_any()
}

fn written(preview: &Preview) -> String {
    let mut lines = vec![format!("POST {}", preview.url)];
    lines.extend(preview.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.push(String::new());
    lines.extend(preview.body.iter().map(|(name, value)| format!("{name}={value}")));
    lines.join("\n")
}
