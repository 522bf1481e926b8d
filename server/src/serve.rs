//! Listening, with or without TLS, until told to stop.

mod tls;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use domain::audit::{Action, Entry, Outcome};
use domain::time::{Span, Timestamp};

use crate::state::AppState;
use crate::store::{Cutoffs, Keeping};

pub use tls::TlsError;

/// How often what has ended is removed.
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// Why the server could not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address can't be listened on.
    #[error("{0} can't be listened on; another program may use the port: choose another one with the setting listen")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// The certificate or key can't be used.
    #[error("TLS can't be started")]
    Tls(#[from] TlsError),
    /// Serving ended by itself.
    #[error("the server stopped by itself")]
    Serve(#[source] std::io::Error),
}

/// Takes the port, so that a second server fails before anything is printed.
///
/// # Errors
///
/// [`ServeError::Listen`].
pub fn listen(address: SocketAddr) -> Result<std::net::TcpListener, ServeError> {
    let refused = |error| ServeError::Listen(address, error);
    let listener = std::net::TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    Ok(listener)
}

/// Serves until a signal to stop comes, then lets what is in flight end.
///
/// # Errors
///
/// [`ServeError`] says what failed.
pub async fn serve(listener: std::net::TcpListener, router: Router, state: AppState) -> Result<(), ServeError> {
    let handle = Handle::new();
    let grace = Duration::from_millis(state.settings.shutdown_grace.millis());
    tokio::spawn(stop_on_signal(handle.clone(), state.clone(), grace));
    tokio::spawn(sweep(state.clone()));
    // Small writes go out at once: an event of a stream doesn't wait until the one before was confirmed.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match &state.settings.tls {
        None => {
            let server = axum_server::from_tcp(listener).map_err(ServeError::Serve)?;
            let server = server.handle(handle).acceptor(NoDelayAcceptor::new());
            server.serve(service).await.map_err(ServeError::Serve)?;
        }
        Some(files) => {
            let config = tls::reloading(files.clone()).await?;
            let server = axum_server::from_tcp_rustls(listener, config).map_err(ServeError::Serve)?;
            let server = server.handle(handle).map(|tls| tls.acceptor(NoDelayAcceptor::new()));
            server.serve(service).await.map_err(ServeError::Serve)?;
        }
    }
    // Tokens being obtained for tabs that went away still reach the database.
    let _ = tokio::time::timeout(grace, state.in_flight.finished()).await;
    tracing::info!("stopped");
    Ok(())
}

async fn stop_on_signal(handle: Handle<SocketAddr>, state: AppState, grace: Duration) {
    signal().await;
    tracing::info!("stopping: what is in flight may end");
    state.in_flight.stop();
    handle.graceful_shutdown(Some(grace));
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}

async fn sweep(state: AppState) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = state.in_flight.stopped() => return,
        }
        sweep_once(&state).await;
    }
}

/// Removes what has ended.
pub async fn sweep_once(state: &AppState) {
    let (now, life) = (state.clock.now(), state.settings.session);
    let before = |span: Span| now - span;
    let cutoffs = Cutoffs {
        now,
        last_used: before(life.idle),
        begun: before(life.absolute),
        attempts: before(crate::sign_in::FORGET_AFTER),
        conversations: before(state.settings.conversations_kept),
    };
    state.limiter.sweep();
    state.windows.sweep(now);
    state.known.sweep();
    if let Err(error) = state.store.sweep(cutoffs).await {
        tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "what has ended could not be removed");
    }
    trim_audit_log(state, now).await;
}

/// How much older than it need be an event is before the old ones go: once a day is enough.
const TRIM_EVERY: Span = Span::from_seconds(86_400);

async fn trim_audit_log(state: &AppState, now: Timestamp) {
    let kept = state.settings.audit;
    let from = now - kept.age;
    let keeping = Keeping { from, due: from - TRIM_EVERY, most: kept.most };
    let note = Entry::by_server(Action::AuditTrimmed, Outcome::Done, now);
    match state.store.trim_events(keeping, &note).await {
        Ok(0) => {}
        Ok(events) => tracing::info!(events, "removed the audit log's oldest events"),
        Err(error) => {
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "old events could not be removed");
        }
    }
}
