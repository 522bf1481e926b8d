use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;

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

/// Puts the kept theme on the page before anything is painted. Storage may hold the name bare or as JSON text.
const THEME_SCRIPT: &str = "(function(){var t='';try{t=(localStorage.getItem('tokenkeep.theme')||'').replace(/\"/g,'')}\
catch(e){}document.documentElement.dataset.theme=t==='light'||t==='dark'?t:'system'})()";

/// Loads the code and takes over what the server rendered. What can't be loaded is tried again; meanwhile a notice outside
/// the body, which hydration never sees, says why nothing answers.
const START_SCRIPT: &str = include_str!("start.js");

/// The whole HTML document, rendered on the server.
///
/// The caller provides [`crate::Ports`] and a CSP nonce as context.
pub fn document(assets: Assets) -> impl IntoView {
    let nonce = leptos::nonce::use_nonce();
    let start = START_SCRIPT.replace("{js}", &assets.js).replace("{wasm}", &assets.wasm);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="referrer" content="no-referrer" />
                <script nonce=nonce.clone() inner_html=THEME_SCRIPT></script>
                <link rel="preload" href=assets.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
                <link rel="modulepreload" href=assets.js />
                <link rel="stylesheet" href=assets.css />
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <MetaTags />
                <script type="module" nonce=nonce inner_html=start></script>
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
