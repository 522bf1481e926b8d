//! A sandbox that listens.

use std::time::Duration;

use domain::https_url::HttpsUrl;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::authority::{Sandbox, SandboxError, SandboxSettings};

/// How long requests in flight may take when the sandbox is stopped.
const GRACE: Duration = Duration::from_secs(2);

/// A listening sandbox; it ends when this is dropped.
pub struct Running {
    sandbox: Sandbox,
    origin: HttpsUrl,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Sandbox {
    /// Starts a sandbox on a loopback address.
    ///
    /// # Errors
    ///
    /// [`SandboxError`] when the address can't be had or the data file can't be used.
    pub async fn start(settings: SandboxSettings) -> Result<Running, SandboxError> {
        let asked = settings.listen;
        if !asked.ip().is_loopback() {
            return Err(SandboxError::NotLoopback(asked));
        }
        let failed = |error| SandboxError::Listen(asked, error);
        let listener = TcpListener::bind(asked).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        // Loopback has more addresses than `127.0.0.1` and `::1`; a provider's URL may name only these.
        let origin = HttpsUrl::parse(&format!("http://{address}")).map_err(|_| SandboxError::NotLoopback(asked))?;
        let sandbox = Self::open(origin.as_str(), &settings)?;
        tracing::info!(origin = origin.as_str(), "the sandbox provider listens");
        Ok(serve(sandbox, origin, listener))
    }
}

fn serve(sandbox: Sandbox, origin: HttpsUrl, listener: TcpListener) -> Running {
    let (stop, stopped) = oneshot::channel::<()>();
    let router = sandbox.router();
    let task = tokio::spawn(async move {
        let end = async move {
            let _ = stopped.await;
        };
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(end).await {
            tracing::error!(%error, "the sandbox provider stopped by itself");
        }
    });
    Running { sandbox, origin, stop: Some(stop), task }
}

impl Running {
    /// Where it is reached, such as `http://127.0.0.1:7430`.
    pub fn origin(&self) -> &HttpsUrl {
        &self.origin
    }

    /// Stops listening, lets requests in flight finish for two seconds at most, and ends.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let _ = tokio::time::timeout(GRACE, &mut self.task).await;
    }
}

impl std::ops::Deref for Running {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}
