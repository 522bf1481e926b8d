//! What a first visit costs: bytes over the wire, and the time until the server's first byte.

use std::time::Duration;

use anyhow::ensure;

use super::http::Request;
use super::quantiles::{milliseconds, quantile};
use super::rig::Rig;
use super::table::Row;

const PAGE: &str = "/sign-in";
const ROUNDS: usize = 200;

/// Sizes of the sign-in page and its files, each asked for as a browser does, and the page's time to first byte.
pub fn figures(rig: &Rig) -> anyhow::Result<Vec<Row>> {
    let mut rows = sizes(rig)?;
    let times = first_bytes(rig)?;
    rows.push(Row::new(format!("time to first byte of {PAGE}, p50"), milliseconds(quantile(&times, 0.5))));
    rows.push(Row::new(format!("time to first byte of {PAGE}, p99"), milliseconds(quantile(&times, 0.99))));
    Ok(rows)
}

fn sizes(rig: &Rig) -> anyhow::Result<Vec<Row>> {
    let mut files = vec![("HTML", PAGE.to_owned())];
    for (kind, key) in [("JavaScript", "js"), ("WASM", "wasm"), ("CSS", "css")] {
        files.push((kind, rig.asset(key)?));
    }
    let mut rows = Vec::new();
    let mut sum = 0;
    for (kind, path) in files {
        let (bytes, coding) = size(rig, &path)?;
        sum += bytes;
        rows.push(Row::new(format!("{kind} ({coding})"), kilobytes(bytes)));
    }
    rows.push(Row::new("together, before the page's own parts (with them: bench pages)", kilobytes(sum)));
    Ok(rows)
}

/// The bytes of the answer, headers included, and how its body is coded.
fn size(rig: &Rig, path: &str) -> anyhow::Result<(u64, String)> {
    let answer = rig.open()?.send(&get(path))?;
    ensure!(answer.status == 200, "{path} answered {}", answer.status);
    Ok((answer.wire, answer.header("content-encoding").unwrap_or("not compressed").to_owned()))
}

fn first_bytes(rig: &Rig) -> anyhow::Result<Vec<Duration>> {
    let mut connection = rig.open()?;
    (0..ROUNDS).map(|_| Ok(connection.send(&get(PAGE))?.first_byte)).collect()
}

fn get(path: &str) -> Request<'_> {
    Request { method: "GET", path, headers: &[("Accept-Encoding", "br, gzip")], body: "" }
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.1} kB", bytes as f64 / 1000.0)
}
