//! The listener: one port for the life of the backend, which can be closed and opened again.
//!
//! While it is closed the port stays bound. Given back, it could be the system's choice for any
//! program's next connection, and the address that every client was told would be lost.

use crate::http::ClosingRouter;
use crate::{TlsFiles, TrainingError, TrainingOptions};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpSocket;
use tokio::task::JoinHandle;
use tower::make::Shared;

/// How many connections may wait to be taken, as many as the standard library lets.
const WAITING: u32 = 128;

/// The listener.
pub(crate) struct Listener {
    address: SocketAddr,
    tls: Option<RustlsConfig>,
    /// The port, from the beginning and whenever nobody listens on it.
    held: Mutex<Option<TcpSocket>>,
    serving: tokio::sync::Mutex<()>,
    running: Mutex<Option<Running>>,
}

struct Running {
    handle: Handle<SocketAddr>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Takes the port.
    pub(crate) async fn bind(options: &TrainingOptions) -> Result<Self, TrainingError> {
        let tls = match &options.tls {
            Some(files) => Some(tls_config(files)?),
            None => None,
        };
        let held = bind(options.listen)?;
        let address = held.local_addr().map_err(|cause| TrainingError::Listen {
            address: options.listen,
            cause,
        })?;
        Ok(Self {
            address,
            tls,
            held: Mutex::new(Some(held)),
            serving: tokio::sync::Mutex::new(()),
            running: Mutex::new(None),
        })
    }

    /// The address as a URL.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Begins to listen unless it does.
    pub(crate) async fn listen(&self, service: ClosingRouter) -> Result<(), TrainingError> {
        let _one_at_a_time = self.serving.lock().await;
        if self.is_listening() {
            return Ok(());
        }
        let failed = |cause| TrainingError::Listen {
            address: self.address,
            cause,
        };
        let held = self.held().take();
        let held = held.map_or_else(|| bind(self.address), Ok)?;
        let listener = open(held).map_err(failed)?;
        let handle = Handle::new();
        let make_service = Shared::new(service);
        let server = axum_server::from_tcp(listener)
            .map_err(failed)?
            .handle(handle.clone());
        let task = match &self.tls {
            Some(tls) => {
                let acceptor = axum_server::tls_rustls::RustlsAcceptor::new(tls.clone());
                tokio::spawn(finish(
                    server.acceptor(acceptor).http1_only().serve(make_service),
                ))
            }
            None => tokio::spawn(finish(server.http1_only().serve(make_service))),
        };
        handle.listening().await;
        tracing::info!(address = %self.address, "listening");
        *self.running() = Some(Running { handle, task });
        Ok(())
    }

    /// Stops listening and drops every connection. The port stays ours.
    pub(crate) async fn stop(&self) {
        let _one_at_a_time = self.serving.lock().await;
        let running = self.running().take();
        if let Some(Running { handle, task }) = running {
            handle.shutdown();
            // The port is closed when the task has ended; a task that panicked has closed it too.
            let _ = task.await;
            match bind(self.address) {
                Ok(socket) => *self.held() = Some(socket),
                // Taken within this moment. Whoever listens again is told if it still is then.
                Err(error) => tracing::warn!(%error, "the port could not be kept"),
            }
            while handle.connection_count() > 0 {
                tokio::task::yield_now().await;
            }
            tracing::info!(address = %self.address, "stopped listening");
        }
    }

    /// Stops listening, drops every connection and gives the port back.
    pub(crate) async fn release(&self) {
        self.stop().await;
        drop(self.held().take());
    }

    /// The address, with the port that the system chose if none was named.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn is_listening(&self) -> bool {
        self.running()
            .as_ref()
            .is_some_and(|r| !r.task.is_finished())
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self) -> MutexGuard<'_, Option<TcpSocket>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(running) = self.running().take() {
            running.handle.shutdown();
        }
    }
}

async fn finish(serving: impl Future<Output = std::io::Result<()>>) {
    if let Err(error) = serving.await {
        tracing::error!(%error, "the listener ended");
    }
}

fn bind(address: SocketAddr) -> Result<TcpSocket, TrainingError> {
    let bound = || {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // As the standard library does: connections that ended a minute ago do not keep the port.
        // On Windows the same switch would let two programs share it.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        Ok(socket)
    };
    bound().map_err(|cause| TrainingError::Listen { address, cause })
}

fn open(held: TcpSocket) -> std::io::Result<TcpListener> {
    held.listen(WAITING)?.into_std()
}

/// A configuration with a provider of its own: the process may hold several, and then rustls
/// chooses none.
fn tls_config(files: &TlsFiles) -> Result<RustlsConfig, TrainingError> {
    let unusable = |e: Box<dyn std::error::Error + Send + Sync>| TrainingError::Tls(e);
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| unusable(e.into()))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| unusable(e.into()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| unusable(e.into()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|e| unusable(e.into()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
