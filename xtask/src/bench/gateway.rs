//! Calls through the gateway, beside nginx and a plain Express proxy with a fixed token, in front of the same API in the same
//! run; and what a thousand open streams take.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::http::Request;
use super::load::{Load, Rate};
use super::memory;
use super::processor;
use super::rig::{Process, Rig};
use super::table::Row;
use crate::install;
use crate::workspace::Workspace;

mod contestants;
mod streams;

use contestants::{Api, Express, Proxy};

/// What each is called with, and where.
struct Contestant {
    name: &'static str,
    address: SocketAddr,
    path: String,
    headers: Vec<(String, String)>,
    process: u32,
    rates: Vec<Rate>,
    /// Processor time of each request, in microseconds, of each round: its own, without the load's and the API's.
    costs: Vec<f64>,
    /// The median time of a call on one connection, of each round.
    alone: Vec<String>,
}

/// How often each is loaded, by turns: the machine's other work meets all of them.
const ROUNDS: usize = 3;

/// For how long, in seconds: with many connections, and with one.
const SECONDS: (u32, u32) = (5, 2);

/// The path of the API that is called.
const PATH: &str = "sites/ses_omaha/points?page=1&per_page=10";

/// Requests a second and their times, and the memory of open streams.
pub fn figures(workspace: &Workspace, rig: &Rig) -> anyhow::Result<Vec<Row>> {
    install::on_path("wrk").context("wrk is missing: apt-get install --yes wrk")?;
    let scratch = workspace.target.join("xtask/bench-gateway");
    fs::create_dir_all(&scratch)?;
    let api = Api::start(&scratch.join("api"), rig.api)?;
    let nginx = Proxy::start(&scratch.join("nginx"), api.address)?;
    let express = Express::start(workspace, api.address)?;
    let ours = provider(rig, rig.api)?;
    let mut all = [
        Contestant::plain("the API alone", api.address, &api.process),
        Contestant::plain("nginx, one worker, proxy_pass with a fixed header", nginx.address, &nginx.process),
        Contestant::plain("Express, a plain proxy with a fixed header", express.address, &express.process),
        Contestant::ours(rig, &ours),
    ];
    for _ in 0..ROUNDS {
        for contestant in &mut all {
            contestant.load(&scratch)?;
        }
    }
    let mut rows: Vec<Row> = all.iter().map(Contestant::row).collect();
    let (rate, cost) = (|at: usize| all[at].rate(), |at: usize| all[at].cost());
    let beside = |name, at| {
        let (rate, cost) = (rate(3) / rate(at), cost(3) / cost(at));
        Row::new(name, format!("{rate:.2} × its requests/s, {cost:.2} × its processor time"))
    };
    rows.extend([beside("the gateway beside nginx", 1), beside("the gateway beside Express", 2)]);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    rows.push(Row::new("cores, shared by wrk, the API and what is measured", cores.to_string()));
    rows.push(memory::row("resident memory after these loads", memory::resident(rig.process())?));
    drop((api, nginx, express));
    rows.extend(streams::figures(rig, &ours)?);
    Ok(rows)
}

impl Contestant {
    fn plain(name: &'static str, address: SocketAddr, process: &Process) -> Self {
        Self::new(name, address, process.id())
    }

    fn new(name: &'static str, address: SocketAddr, process: u32) -> Self {
        let (path, headers) = (format!("/api/{PATH}"), Vec::new());
        Self { name, address, path, headers, process, rates: Vec::new(), costs: Vec::new(), alone: Vec::new() }
    }

    fn ours(rig: &Rig, provider: &str) -> Self {
        let path = format!("/api/v1/gateway/{provider}/{PATH}");
        let name = "the gateway, with session, rules and tenant";
        Self { headers: headers(rig), path, ..Self::new(name, rig.address, rig.process()) }
    }

    fn load(&mut self, scratch: &Path) -> anyhow::Result<()> {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let load = |connections, seconds| {
            let load = Load { method: "GET", path: &self.path, headers: &headers, body: "", connections, seconds };
            load.run(scratch, self.address)
        };
        let before = processor::used(self.process)?;
        let many = load(64, SECONDS.0)?;
        let took = processor::used(self.process)?.saturating_sub(before);
        self.costs.push(took.as_secs_f64() * 1e6 / many.requests as f64);
        self.rates.push(many);
        self.alone.push(load(1, SECONDS.1)?.p50);
        Ok(())
    }

    /// The round in the middle, by its rate.
    fn median(&self) -> usize {
        let mut order: Vec<usize> = (0..self.rates.len()).collect();
        order.sort_by(|one, other| self.rates[*one].per_second.total_cmp(&self.rates[*other].per_second));
        order[order.len() / 2]
    }

    fn rate(&self) -> f64 {
        self.rates[self.median()].per_second
    }

    fn cost(&self) -> f64 {
        self.costs[self.median()]
    }

    fn row(&self) -> Row {
        let at = self.median();
        let (Rate { per_second, p50, p99, .. }, cost, alone) = (&self.rates[at], self.costs[at], &self.alone[at]);
        let many = format!("{per_second:.0} requests/s, p50 {p50}, p99 {p99}, {cost:.0} µs of processor time each");
        Row::new(self.name, format!("{many} with 64 connections; p50 {alone} with one"))
    }
}

/// What a call of ours carries.
fn headers(rig: &Rig) -> Vec<(String, String)> {
    let own = [("x-tokenkeep-token", "a.fixed.token-as-long-as-others"), ("x-tokenkeep-site", "ses_omaha")];
    let session = rig.account.headers();
    let session = session.iter().filter(|(name, _)| *name == "Cookie");
    session.copied().chain(own).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A provider of site tokens in front of that API. Its sites have no window: a load would fill the widest there is.
fn provider(rig: &Rig, api: SocketAddr) -> anyhow::Result<String> {
    let kind = json!({ "type": "site_api", "base": format!("http://{api}/api") });
    let gateway = json!({ "paths": ["sites/**", "GET live/**"], "per_minute": 0 });
    let form = json!({ "name": "Bench", "enabled": true, "kind": kind, "gateway": gateway }).to_string();
    let request = Request { method: "POST", path: "/api/v1/providers", headers: &rig.account.headers(), body: &form };
    let answer = rig.open()?.send(&request)?;
    ensure!(answer.status == 200, "no provider: {}", String::from_utf8_lossy(&answer.body));
    let made: Value = answer.json()?;
    made["id"].as_str().map(str::to_owned).context("the provider has no id")
}
