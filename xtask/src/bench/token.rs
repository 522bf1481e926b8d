//! What our server adds to a token request, against the same request made directly, in the same run.

use std::time::Duration;

use anyhow::ensure;

use super::http::{Connection, Request};
use super::quantiles::{milliseconds, quantile};
use super::rig::Rig;
use super::table::Row;

const ROUNDS: usize = 500;
const WARM_UP: usize = 20;
const FORM: &[(&str, &str)] = &[("Content-Type", "application/x-www-form-urlencoded")];

/// Times of requests made by turns, directly and through the server, so that both meet the same machine.
pub fn figures(rig: &Rig) -> anyhow::Result<Vec<Row>> {
    let (path, form, body) = (rig.account.sandbox_path()?, rig.account.sandbox_form()?, rig.account.token_body());
    let headers = rig.account.headers();
    let direct = Request { method: "POST", path: &path, headers: FORM, body: &form };
    let through = Request { method: "POST", path: "/api/v1/token", headers: &headers, body: &body };
    let (mut sandbox, mut server) = (Connection::open(rig.sandbox)?, rig.open()?);
    let (mut directly, mut proxied) = (Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        let (one, two) = (time(&mut sandbox, &direct)?, time(&mut server, &through)?);
        if round >= WARM_UP {
            directly.push(one);
            proxied.push(two);
        }
    }
    Ok(rows(&directly, &proxied))
}

fn time(connection: &mut Connection, request: &Request<'_>) -> anyhow::Result<Duration> {
    let answer = connection.send(request)?;
    let words = String::from_utf8_lossy(&answer.body);
    ensure!(answer.status == 200, "{} answered {}: {words}", request.path, answer.status);
    Ok(answer.whole)
}

fn rows(directly: &[Duration], proxied: &[Duration]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, part) in [("p50", 0.5), ("p99", 0.99)] {
        let (direct, through) = (quantile(directly, part), quantile(proxied, part));
        rows.push(Row::new(format!("directly to the sandbox, {name}"), milliseconds(direct)));
        rows.push(Row::new(format!("through the server, {name}"), milliseconds(through)));
        rows.push(Row::new(format!("added by the server, {name}"), milliseconds(through.saturating_sub(direct))));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::{Duration, rows};

    #[test]
    fn what_the_server_adds_is_the_difference_of_the_quantiles() {
        let (direct, through) = ([Duration::from_millis(2); 3], [Duration::from_millis(5); 3]);
        assert_eq!(rows(&direct, &through)[2].value, "3.00 ms");
    }
}
