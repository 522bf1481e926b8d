//! TLS from certificate files, read again when they change.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use notify::{RecursiveMode, Watcher};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::mpsc;

use crate::settings::TlsFiles;

/// How long files must be quiet before they are read: both are rarely replaced in the same instant.
const QUIET: Duration = Duration::from_millis(500);

/// Why a certificate or key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file can't be read as PEM, or holds nothing of the kind.
    #[error("{0} is missing, or holds no PEM of the kind expected")]
    Read(PathBuf),
    /// Certificate and key don't belong together, or can't be used.
    #[error("the certificate and the key can't be used together")]
    Use(#[source] rustls::Error),
}

/// The configuration of the files, which follows them when they change.
///
/// # Errors
///
/// [`TlsError`] when the files can't be used now. Later a change that can't be used is logged and the old certificate stays.
pub async fn reloading(files: TlsFiles) -> Result<RustlsConfig, TlsError> {
    let config = RustlsConfig::from_config(read(&files)?);
    let (changed, changes) = mpsc::channel(1);
    match watcher(&files, changed) {
        Ok(watcher) => {
            tokio::spawn(follow(files, config.clone(), changes, watcher));
        }
        Err(error) => {
            tracing::warn!(
                error = &error as &(dyn std::error::Error + 'static),
                "the certificate files can't be watched; restart after a change"
            );
        }
    }
    Ok(config)
}

async fn follow(
    files: TlsFiles,
    config: RustlsConfig,
    mut changes: mpsc::Receiver<()>,
    _watcher: notify::RecommendedWatcher,
) {
    while changes.recv().await.is_some() {
        while let Ok(Some(())) = tokio::time::timeout(QUIET, changes.recv()).await {}
        match read(&files) {
            Ok(fresh) => {
                config.reload_from_config(fresh);
                tracing::info!("read the certificate again");
            }
            Err(error) => tracing::error!(
                error = &error as &(dyn std::error::Error + 'static),
                "the new certificate can't be used; the old one stays"
            ),
        }
    }
}

/// Watches the folders, not the files: a file replaced by renaming another over it would no longer be seen.
fn watcher(files: &TlsFiles, changed: mpsc::Sender<()>) -> notify::Result<notify::RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // A full channel already says that something changed.
            let _ = changed.try_send(());
        }
    })?;
    let folder = |file: &Path| {
        file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
    };
    watcher.watch(&folder(&files.certificate), RecursiveMode::NonRecursive)?;
    if folder(&files.key) != folder(&files.certificate) {
        watcher.watch(&folder(&files.key), RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}

fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let missing = |file: &PathBuf| TlsError::Read(file.clone());
    let chain = CertificateDer::pem_file_iter(&files.certificate).map_err(|_| missing(&files.certificate))?;
    let chain: Vec<_> = chain.collect::<Result<_, _>>().map_err(|_| missing(&files.certificate))?;
    if chain.is_empty() {
        return Err(missing(&files.certificate));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|_| missing(&files.key))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(TlsError::Use)?.with_no_client_auth();
    let mut config = builder.with_single_cert(chain, key).map_err(TlsError::Use)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
