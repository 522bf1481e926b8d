//! Connections into files and out of them. Secrets go straight between vault and file.

use std::rc::Rc;

use domain::audit::Action;
use domain::connection::{Connection, Credential};
use domain::id::ConnectionId;
use domain::keeper::{Command, Input};
use domain::secret::Secret;
use domain::transfer::{Chosen, Errand, Exported, Packed, Source, Unusable, opened, write};
use domain::vault::StoreError;
use wasm_bindgen_futures::spawn_local;

use super::{Inner, Runtime};
use crate::cipher::Cipher;
use crate::clock;
use crate::vault::UsableCredential;

impl Runtime {
    /// Does an errand; who wants to know is told. `cipher` is `None` where its code could not be loaded.
    pub fn run(&self, errand: Errand, cipher: Option<Cipher>) {
        let inner = Rc::clone(&self.inner);
        spawn_local(async move {
            match errand {
                Errand::Export { connections, passphrase, done } => {
                    done(inner.export(&connections, &passphrase, cipher).await);
                }
                Errand::Open { file, passphrase, done } => done(open(&file, &passphrase, cipher)),
                Errand::Import { chosen, done } => done(inner.import(&chosen).await),
            }
        });
    }
}

fn open(file: &[u8], passphrase: &Secret, cipher: Option<Cipher>) -> Result<Vec<Packed>, Unusable> {
    let cipher = cipher.ok_or(Unusable::NotLoaded)?;
    let text = (cipher.open)(file, passphrase)?;
    opened(text.expose().as_bytes())
}

impl Inner {
    async fn export(
        self: &Rc<Self>,
        ids: &[ConnectionId],
        passphrase: &Secret,
        cipher: Option<Cipher>,
    ) -> Result<Exported, String> {
        let cipher = cipher.ok_or_else(|| Unusable::NotLoaded.to_string())?;
        let not_read = |error: StoreError| format!("The vault could not be read: {error}. Try again.");
        let vault = self.vault().map_err(not_read)?;
        // Without the list a file still opens, and finds its providers by their ids.
        let _ = self.fetch_providers().await;
        let (mut found, mut without_key, mut without_credential) = (Vec::new(), Vec::new(), Vec::new());
        for id in ids {
            let Some(connection) = vault.connection(id).await.map_err(not_read)? else { continue };
            let credential = match vault.credential(id).await.map_err(not_read)? {
                Some(UsableCredential::ClientSecret(secret)) => Some(Credential::ClientSecret(secret)),
                Some(UsableCredential::PrivateKey(_)) => {
                    without_key.push(connection.name.clone());
                    None
                }
                None => {
                    without_credential.push(connection.name.clone());
                    None
                }
            };
            found.push((connection, credential));
        }
        let text = Secret::new(self.written(&found));
        let text = (cipher.seal)(&text, passphrase)?;
        let told = found.iter().map(|(connection, _)| self.about_connection(Action::TokenExported, connection));
        self.report_all(&told.collect::<Vec<_>>());
        Ok(Exported { text, without_key, without_credential })
    }

    fn written(&self, found: &[(Connection, Option<Credential>)]) -> String {
        let providers = self.providers.borrow();
        let sources = found.iter().map(|(connection, credential)| Source {
            connection,
            provider: providers.iter().find(|provider| provider.id == connection.provider),
            credential: credential.clone(),
        });
        write(sources.collect(), clock::now())
    }

    async fn import(self: &Rc<Self>, chosen: &[Chosen]) -> Result<usize, StoreError> {
        let told = chosen.iter().map(|chosen| self.about_connection(Action::TokenImported, &chosen.connection));
        self.vault()?.write_connections(chosen, &told.collect::<Vec<_>>()).await?;
        for Chosen { connection, .. } in chosen {
            let had_token = self.has_token(&connection.id);
            self.show_written(connection.id.clone()).await;
            if had_token {
                // A new way to ask outdates the token there.
                self.feed(Input::Command(Command::Obtain(connection.id.clone())));
            }
        }
        Ok(chosen.len())
    }

    fn has_token(&self, id: &ConnectionId) -> bool {
        self.shown.borrow().connections.iter().any(|it| it.connection.id == *id && it.token.is_some())
    }
}
