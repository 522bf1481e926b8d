//! nginx as a plain reverse proxy in front of the sandbox: what the token route is compared with.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};

use super::rig::{Process, free_address};
use crate::install;

const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// A running nginx with one worker. Dropping it ends it.
pub struct Nginx {
    /// Where it listens.
    pub address: SocketAddr,
    _process: Process,
}

impl Nginx {
    /// Starts it in front of `backend`, with its files in `folder`.
    pub fn start(folder: &Path, backend: SocketAddr) -> anyhow::Result<Self> {
        let address = free_address()?;
        Ok(Self { address, _process: start(folder, &proxy(address, backend), address)? })
    }
}

/// Starts an nginx with one worker, whose files are in `folder`, and waits until it listens on `address`. `servers` is what
/// stands in its `http` block.
pub fn start(folder: &Path, servers: &str, address: SocketAddr) -> anyhow::Result<Process> {
    let program =
        install::on_path("nginx").or_else(in_sbin).context("nginx is missing: apt-get install --yes nginx-light")?;
    fs::create_dir_all(folder)?;
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration(folder, servers))?;
    let log = folder.join("error.log");
    let mut command = Command::new(program);
    command.arg("-p").arg(folder).arg("-e").arg(&log).arg("-c").arg(&file);
    let process = Process::start(&mut command)?;
    for _ in 0..TRIES {
        if TcpStream::connect(address).is_ok() {
            return Ok(process);
        }
        thread::sleep(PAUSE);
    }
    bail!("nginx did not start: {}", fs::read_to_string(log).unwrap_or_default().trim())
}

/// Debian keeps it where only root's `PATH` looks.
fn in_sbin() -> Option<PathBuf> {
    Some(PathBuf::from("/usr/sbin/nginx")).filter(|program| program.is_file())
}

/// One process for everything, so that ending it ends all of it; no log.
fn configuration(folder: &Path, servers: &str) -> String {
    let folder = folder.display();
    format!(
        "daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000;
  {servers}
}}
"
    )
}

/// Kept connections to the backend.
fn proxy(address: SocketAddr, backend: SocketAddr) -> String {
    format!(
        "upstream sandbox {{ server {backend}; keepalive 64; keepalive_requests 1000000; }}
  server {{
    listen {address};
    location / {{
      proxy_pass http://sandbox;
      proxy_http_version 1.1;
      proxy_set_header Connection \"\";
      proxy_set_header Host {backend};
    }}
  }}"
    )
}
