use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};

use crate::Ports;

/// The paths of the built files, with their hashed names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// The JavaScript module that loads the WASM, such as `/pkg/tokenkeep.1a2b3c.js`.
    pub js: String,
    /// The WASM itself.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
}

/// The whole HTML document, rendered on the server.
///
/// The caller provides [`Ports`] and a CSP nonce as context.
pub fn document(assets: Assets) -> impl IntoView {
    let nonce = leptos::nonce::use_nonce();
    let start = format!(
        "import init,{{hydrate}} from '{}';init({{module_or_path:'{}'}}).then(hydrate)",
        assets.js, assets.wasm
    );
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <link rel="stylesheet" href=assets.css />
                <MetaTags />
                <script type="module" nonce=nonce inner_html=start></script>
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The application below `<body>`. The caller provides [`Ports`] as context.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let _ports = expect_context::<Ports>();
    view! { <main>"Tokenkeep"</main> }
}
