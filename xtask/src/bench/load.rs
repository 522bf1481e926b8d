//! Requests per second of the token route, against nginx in front of the same sandbox in the same run.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::memory;
use super::nginx::Nginx;
use super::rig::Rig;
use super::table::Row;
use crate::install;

const SECONDS: u32 = 8;
const CONNECTIONS: u32 = 16;
const POST: &str = "POST";
const PAUSE: Duration = Duration::from_millis(250);

/// Rates directly, through nginx and through the server, and the server's memory under that load.
pub fn figures(rig: &Rig, scratch: &Path) -> anyhow::Result<Vec<Row>> {
    install::on_path("wrk").context("wrk is missing: apt-get install --yes wrk")?;
    fs::create_dir_all(scratch)?;
    let (path, form) = (rig.account.sandbox_path()?, rig.account.sandbox_form()?);
    let plain = [("Content-Type", "application/x-www-form-urlencoded")];
    let (connections, seconds) = (CONNECTIONS, SECONDS);
    let form = Load { method: POST, path: &path, headers: &plain, body: &form, connections, seconds };
    let headers = rig.account.headers();
    let body = rig.account.token_body();
    let json = Load { method: POST, path: "/api/v1/token", headers: &headers, body: &body, connections, seconds };

    let mut rows = vec![form.run(scratch, rig.sandbox)?.row("the sandbox alone")];
    let nginx = Nginx::start(&scratch.join("nginx"), rig.sandbox);
    rows.push(match nginx {
        Ok(nginx) => form.run(scratch, nginx.address)?.row("nginx in front of the sandbox"),
        Err(error) => Row::new("nginx in front of the sandbox", format!("not measured: {error:#}")),
    });
    let mut most = 0;
    let rate =
        json.run_watched(scratch, rig.address, || most = most.max(memory::resident(rig.process()).unwrap_or(0)))?;
    rows.push(rate.row("the token route"));
    rows.push(memory::row("resident memory, most under this load", most));
    Ok(rows)
}

/// The same request, over and over.
pub struct Load<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// Headers besides `Host` and `Content-Length`.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body; empty for none.
    pub body: &'a str,
    /// How many connections.
    pub connections: u32,
    /// For how long, in seconds.
    pub seconds: u32,
}

impl Load<'_> {
    /// Loads `target`.
    pub fn run(&self, scratch: &Path, target: SocketAddr) -> anyhow::Result<Rate> {
        self.run_watched(scratch, target, || ())
    }

    /// Loads `target`, calling `watch` now and then meanwhile.
    fn run_watched(&self, scratch: &Path, target: SocketAddr, mut watch: impl FnMut()) -> anyhow::Result<Rate> {
        let script = scratch.join("request.lua");
        fs::write(&script, self.script())?;
        let mut wrk = Command::new("wrk");
        wrk.args(["--threads", "1", "--latency"]);
        wrk.args(["--connections", &self.connections.to_string(), "--duration", &format!("{}s", self.seconds)]);
        wrk.arg("--script").arg(script).arg(format!("http://{target}{}", self.path));
        let mut running = wrk.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        while running.try_wait()?.is_none() {
            watch();
            thread::sleep(PAUSE);
        }
        Rate::of(running)
    }

    /// wrk's script for this request, as Lua long strings, so that nothing needs escapes.
    fn script(&self) -> String {
        let mut script = format!("wrk.method = \"{}\"\n", self.method);
        if !self.body.is_empty() {
            script.push_str(&format!("wrk.body = [==[{}]==]\n", self.body));
        }
        for (name, value) in self.headers {
            script.push_str(&format!("wrk.headers[ [==[{name}]==] ] = [==[{value}]==]\n"));
        }
        script
    }
}

/// What wrk reports.
#[derive(Debug, PartialEq)]
pub struct Rate {
    /// Requests that were answered.
    pub requests: u64,
    /// Requests a second.
    pub per_second: f64,
    /// The median time, with its unit.
    pub p50: String,
    /// The time of which 1 % are longer, with its unit.
    pub p99: String,
}

impl Rate {
    fn of(wrk: Child) -> anyhow::Result<Self> {
        let output = wrk.wait_with_output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "wrk failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        Self::read(&text)
    }

    /// Reads wrk's report; answers other than 2xx and 3xx make the rate worthless.
    fn read(text: &str) -> anyhow::Result<Self> {
        let after = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name)).map(str::trim);
        if let Some(count) = after("Non-2xx or 3xx responses:") {
            anyhow::bail!("{count} requests were refused, so the rate says nothing");
        }
        let per_second = after("Requests/sec:").and_then(|rate| rate.parse().ok()).context("wrk reported no rate")?;
        let count = |line: &str| line.trim().split_once(" requests in ")?.0.parse().ok();
        let requests = text.lines().find_map(count).context("wrk reported no count")?;
        let time = |part| after(part).unwrap_or("unknown").to_owned();
        Ok(Self { requests, per_second, p50: time("50%"), p99: time("99%") })
    }

    fn row(&self, name: &str) -> Row {
        Row::new(name, format!("{:.0} requests/s, p99 {}, {CONNECTIONS} connections", self.per_second, self.p99))
    }
}

#[cfg(test)]
mod tests {
    use super::{Load, Rate};

    const REPORT: &str = "Running 8s test @ http://127.0.0.1:1/\n  1 threads and 16 connections\n  Latency Distribution\n\
                          \x20    50%    1.04ms\n     99%    2.31ms\n  800 requests in 8.00s, 1.00MB read\nRequests/sec:   1234.56\n";

    #[test]
    fn rate_and_latency_are_read_from_the_report() {
        assert_eq!(
            Rate::read(REPORT).unwrap(),
            Rate { requests: 800, per_second: 1234.56, p50: "1.04ms".to_owned(), p99: "2.31ms".to_owned() }
        );
    }

    #[test]
    fn a_rate_of_refusals_is_no_rate() {
        let report = format!("{REPORT}  Non-2xx or 3xx responses: 7\n");
        assert!(Rate::read(&report).unwrap_err().to_string().contains("7 requests were refused"));
    }

    #[test]
    fn the_script_takes_quotes_as_they_are() {
        let headers = [("A", "b\"c")];
        let load = Load { method: "POST", path: "/", headers: &headers, body: "{\"d\":1}", connections: 1, seconds: 1 };
        let script = load.script();
        assert!(script.contains("[==[{\"d\":1}]==]") && script.contains("[==[b\"c]==]"));
    }
}
