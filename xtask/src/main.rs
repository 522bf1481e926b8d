//! The developer commands: `cargo xtask <command>`. See `USAGE`.
//!
//! Rules of this crate: each command says in one line per step what it does, installs what is missing where it may, and
//! else stops with the one command the person needs. Nothing is built twice: what a step makes is kept by the hash of
//! what went in.

use std::process::ExitCode;

mod bench;
mod build;
mod cache;
mod cargo;
mod check;
mod clock;
mod embed;
mod endure;
mod install;
mod node;
mod playwright;
mod report;
mod run;
mod simulate;
mod site;
mod step;
mod tally;
mod test;
mod wasm;
mod workspace;

const USAGE: &str = "\
Usage: cargo xtask <command>

  run [--debug] [-- <server flags>]  Build the app and start it with the sandbox provider
  build [--debug]                    Build the server and the site folder, start nothing
  site [--debug]                     Build the site folder alone
  check                              Format, lints, layers, native tests: the quick inner loop
  test                               Everything, with browser and end-to-end tests
  endure                             The browser tests that take minutes
  bench [server|gateway [server]|tokens [server]|pages|tabs]
                                     Measure sizes, times and rates, printed as tables; or one part alone, and the
                                     gateway or the token route of a server that is built already
  simulate [how many] [first seed]   Simulate browsers full of tabs, a million unless told otherwise

--debug builds fast and unoptimized, without precompressed files.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let (ours, servers) = split_at_dashes(arguments);
    let profile =
        if ours.iter().any(|flag| flag == "--debug") { build::Profile::Debug } else { build::Profile::Release };
    let words: Vec<&str> = ours.iter().map(String::as_str).filter(|word| *word != "--debug").collect();
    match words.as_slice() {
        ["run"] => run::run(profile, servers),
        ["build"] => build::build(profile).map(|_| ExitCode::SUCCESS),
        ["site"] => build::site(profile).map(|()| ExitCode::SUCCESS),
        ["check"] => check::check(),
        ["test"] => test::test(),
        ["endure"] => endure::endure(),
        ["simulate", bounds @ ..] => simulate::simulate(bounds),
        ["bench", "gateway"] => bench::gateway(None).map(|()| ExitCode::SUCCESS),
        ["bench", "gateway", server] => bench::gateway(Some(server)).map(|()| ExitCode::SUCCESS),
        ["bench", "tokens"] => bench::tokens(None).map(|()| ExitCode::SUCCESS),
        ["bench", "tokens", server] => bench::tokens(Some(server)).map(|()| ExitCode::SUCCESS),
        ["bench", "server"] => bench::server().map(|()| ExitCode::SUCCESS),
        ["bench", "pages"] => bench::pages().map(|()| ExitCode::SUCCESS),
        ["bench", "tabs"] => bench::tabs().map(|()| ExitCode::SUCCESS),
        ["bench"] => bench::bench().map(|()| ExitCode::SUCCESS),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        _ => anyhow::bail!("{USAGE}"),
    }
}

/// The words before `--`, and those after it, which go to the server.
fn split_at_dashes(arguments: &[String]) -> (&[String], &[String]) {
    match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::split_at_dashes;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn what_follows_the_dashes_goes_to_the_server() {
        let line = words("run --debug -- --config a.toml");
        let (ours, servers) = split_at_dashes(&line);
        assert_eq!(ours, words("run --debug"));
        assert_eq!(servers, words("--config a.toml"));
    }

    #[test]
    fn without_dashes_the_server_gets_nothing() {
        let line = words("run --debug");
        assert_eq!(split_at_dashes(&line), (line.as_slice(), [].as_slice()));
    }
}
