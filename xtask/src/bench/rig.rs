//! The server being measured: a process of its own with fresh data, an admin, and a client of its sandbox.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;

use super::http::Connection;
use crate::workspace::Workspace;

mod account;

use account::Account;

const START: Duration = Duration::from_secs(30);
const SETUP_LINK: &str = "Setup link: ";

/// The running server and what it takes to ask it for tokens. Dropping it ends the server.
pub struct Rig {
    process: Process,
    site: PathBuf,
    /// Where the server listens.
    pub address: SocketAddr,
    /// Where the sandbox listens.
    pub sandbox: SocketAddr,
    /// Where another provider's API may listen.
    pub api: SocketAddr,
    /// Who asks for tokens, and with what.
    pub account: Account,
}

impl Rig {
    /// Starts `program` with fresh data, and makes an admin and a sandbox client.
    pub fn start(workspace: &Workspace, program: &Path) -> anyhow::Result<Self> {
        let (address, sandbox, api) = (free_address()?, free_address()?, free_address()?);
        let data = workspace.target.join("xtask").join("bench-data");
        if data.exists() {
            fs::remove_dir_all(&data)?;
        }
        let mut command = Command::new(program);
        command.arg("--sandbox").env("TOKENKEEP_DATA", data).env("TOKENKEEP_SITE", workspace.site());
        command.env("TOKENKEEP_LISTEN", address.to_string()).env("TOKENKEEP_SANDBOX_LISTEN", sandbox.to_string());
        command.env("TOKENKEEP_LIMITS_USER_PER_MINUTE", "0").env("TOKENKEEP_LIMITS_ADDRESS_PER_MINUTE", "0");
        command.env("TOKENKEEP_LOOPBACK_ORIGINS", format!("http://{api}"));
        command.env("TOKENKEEP_GATEWAY_STREAMS_PER_USER", "2000").env("TOKENKEEP_LOG_LEVEL", "warn");
        let mut process = Process::start(&mut command)?;
        let key = setup_key(&process.lines()?)?;
        let account = Account::set_up(&mut Connection::open(address)?, &key)?;
        Ok(Self { process, site: workspace.site(), address, sandbox, api, account })
    }

    /// The server's process id.
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// A new connection to the server.
    pub fn open(&self) -> anyhow::Result<Connection> {
        Connection::open(self.address)
    }

    /// The path of a built file, by its key in `assets.json`.
    pub fn asset(&self, key: &str) -> anyhow::Result<String> {
        let assets: Value = serde_json::from_slice(&fs::read(self.site.join("assets.json"))?)?;
        assets[key].as_str().map(str::to_owned).with_context(|| format!("assets.json names no {key}"))
    }
}

/// A process that ends with its owner.
pub struct Process(Child);

impl Process {
    /// Starts it, with its output kept for [`Process::lines`].
    pub fn start(command: &mut Command) -> anyhow::Result<Self> {
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        Ok(Self(started.with_context(|| format!("can't start {:?}", command.get_program()))?))
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// What it prints, until it ends. To be taken once.
    fn lines(&mut self) -> anyhow::Result<Receiver<String>> {
        let stdout = self.0.stdout.take().context("the output was taken already")?;
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Read on when nobody listens any more, so that the process never waits for a reader.
                let _ = sender.send(line);
            }
        });
        Ok(receiver)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address on this machine that nobody uses now.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// The key in the setup link, which the server prints when it is ready.
fn setup_key(lines: &Receiver<String>) -> anyhow::Result<String> {
    while let Ok(line) = lines.recv_timeout(START) {
        if let Some((_, key)) = line.strip_prefix(SETUP_LINK).and_then(|link| link.split_once("#key=")) {
            return Ok(key.trim().to_owned());
        }
    }
    anyhow::bail!("the server printed no setup link")
}

#[cfg(test)]
mod tests {
    use super::{channel, setup_key};

    #[test]
    fn the_key_is_read_from_the_setup_link() {
        let (sender, lines) = channel();
        sender.send("Listening on http://127.0.0.1:7420".to_owned()).unwrap();
        sender.send("Setup link: http://127.0.0.1:7420/setup#key=made-up".to_owned()).unwrap();
        assert_eq!(setup_key(&lines).unwrap(), "made-up");
    }

    #[test]
    fn a_server_that_ends_without_a_link_is_an_error() {
        let (sender, lines) = channel::<String>();
        drop(sender);
        assert!(setup_key(&lines).is_err());
    }
}
