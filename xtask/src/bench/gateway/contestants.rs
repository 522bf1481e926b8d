//! The API all are in front of, and those the gateway is measured beside.

use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};

use super::super::nginx;
use super::super::rig::{Process, free_address};
use crate::install;
use crate::step;
use crate::workspace::Workspace;

const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(50);

/// An API that answers everything with the same kilobyte of JSON: nginx, which is hard to keep waiting.
pub struct Api {
    /// Where it listens.
    pub address: SocketAddr,
    /// What runs it.
    pub process: Process,
}

impl Api {
    /// Starts it at an address.
    pub fn start(folder: &Path, address: SocketAddr) -> anyhow::Result<Self> {
        let body = format!(r#"{{"page":1,"items":["{}"]}}"#, "x".repeat(1_000));
        let server = format!(
            "server {{ listen {address} backlog=1024; keepalive_requests 10000000; default_type application/json; location / {{ return 200 '{body}'; }} }}"
        );
        Ok(Self { address, process: nginx::start(folder, &server, address)? })
    }
}

/// nginx with one worker in front of the API, with a fixed header.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    /// What runs it.
    pub process: Process,
}

impl Proxy {
    /// Starts it in front of `api`.
    pub fn start(folder: &Path, api: SocketAddr) -> anyhow::Result<Self> {
        let address = free_address()?;
        let server = format!(
            "upstream api {{ server {api}; keepalive 256; keepalive_requests 10000000; }}
  server {{
    listen {address} backlog=1024;
    keepalive_requests 10000000;
    location / {{
      proxy_pass http://api;
      proxy_http_version 1.1;
      proxy_set_header Connection \"\";
      proxy_set_header Authorization \"Bearer a-fixed-token\";
    }}
  }}"
        );
        Ok(Self { address, process: nginx::start(folder, &server, address)? })
    }
}

/// A plain proxy in Express.
pub struct Express {
    /// Where it listens.
    pub address: SocketAddr,
    /// What runs it.
    pub process: Process,
}

impl Express {
    /// Installs it and starts it in front of `api`.
    pub fn start(workspace: &Workspace, api: SocketAddr) -> anyhow::Result<Self> {
        let folder = workspace.npm().join("bench/gateway");
        let mut npm = Command::new(install::npm_program());
        step::must("Install Express", npm.current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]))?;
        let address = free_address()?;
        let mut node = Command::new("node");
        node.current_dir(&folder).env("NODE_ENV", "production").arg("proxy.js");
        node.arg(address.port().to_string()).arg(api.port().to_string());
        let process = Process::start(&mut node)?;
        wait(address).context("Express did not start")?;
        Ok(Self { address, process })
    }
}

/// Waits until somebody listens.
fn wait(address: SocketAddr) -> anyhow::Result<()> {
    for _ in 0..TRIES {
        if TcpStream::connect(address).is_ok() {
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
    bail!("nobody listens on {address}")
}
