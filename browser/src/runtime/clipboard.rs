use domain::id::ConnectionId;
use domain::keeper::Event;
use domain::secret::Secret;
use wasm_bindgen_futures::JsFuture;

use super::Inner;
use crate::js;

impl Inner {
    /// Puts the newest token's text on the clipboard.
    pub(super) async fn copy(&self, id: ConnectionId) -> Event {
        let token = match self.vault() {
            Ok(vault) => vault.token(&id).await.ok().flatten(),
            Err(_) => None,
        };
        let copied = match token {
            Some(token) => write(&token.access_token).await.map(|()| token.facts.expires_at),
            None => Err("There is no token to copy.".to_owned()),
        };
        Event::Copied(id, copied)
    }
}

/// Puts a text on the clipboard; the error is for a person.
pub(super) async fn write(text: &Secret) -> Result<(), String> {
    let refused = || "The browser did not allow it. Show the token, select its text and copy it by hand.".to_owned();
    let navigator = web_sys::window().ok_or_else(refused)?.navigator();
    if !js::property(&navigator, "clipboard").is_object() {
        return Err(refused());
    }
    JsFuture::from(navigator.clipboard().write_text(text.expose())).await.map(drop).map_err(|_| refused())
}
