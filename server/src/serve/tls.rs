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

#[cfg(test)]
mod tests {
    use super::*;

    fn write_new_certificate(files: &TlsFiles) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        std::fs::write(&files.certificate, made.cert.pem()).unwrap();
        std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    }

    fn files(folder: &tempfile::TempDir) -> TlsFiles {
        let files = TlsFiles { certificate: folder.path().join("c.pem"), key: folder.path().join("k.pem") };
        write_new_certificate(&files);
        files
    }

    #[test]
    fn a_missing_file_a_file_without_pem_and_a_key_of_another_certificate_are_refused() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (good, other) = (files(&one), files(&two));
        assert!(read(&good).is_ok());
        let crossed = TlsFiles { key: other.key, ..good.clone() };
        assert!(matches!(read(&crossed), Err(TlsError::Use(_))));
        std::fs::write(&good.certificate, "not PEM").unwrap();
        assert!(matches!(read(&good), Err(TlsError::Read(_))));
        std::fs::remove_file(&good.certificate).unwrap();
        assert!(matches!(read(&good), Err(TlsError::Read(_))));
    }

    #[tokio::test]
    async fn a_new_certificate_is_taken_over_without_a_restart_and_a_bad_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(&folder);
        let config = reloading(files.clone()).await.unwrap();
        let first = config.get_inner();
        std::fs::write(&files.certificate, "not PEM").unwrap();
        write_new_certificate(&files);
        let changed = async {
            while Arc::ptr_eq(&first, &config.get_inner()) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), changed).await.expect("the new certificate is read");
    }
}
