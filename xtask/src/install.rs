//! Installs what is missing, or says the one command that does.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};

use crate::cache::content_hash;
use crate::cargo::WASM;
use crate::step;
use crate::workspace::Workspace;

/// What `run` and `build` need: the WASM target and the tools from npm.
pub fn for_build(workspace: &Workspace) -> anyhow::Result<()> {
    wasm_target(workspace)?;
    npm_packages(workspace)
}

/// A browser and its driver, for tests.
pub struct Browser {
    /// The Chromium that Playwright drives: the shell without windows where there is one, which takes half the processor
    /// time, else the whole program.
    pub chromium: PathBuf,
    /// The whole program, in which a tab behind another one is hidden.
    pub whole: PathBuf,
    /// The driver that belongs to it.
    pub driver: PathBuf,
}

/// Chromium and chromedriver, installed by the system's package manager if they are missing and that is allowed.
pub fn browser() -> anyhow::Result<Browser> {
    if find_browser().is_none() {
        install_browser()?;
    }
    if env::var_os("CHROMIUM").is_none() && on_path(SHELL).is_none() {
        install_shell();
    }
    find_browser().with_context(|| format!("Chromium is still not found. {BROWSER_HELP}"))
}

const BROWSER_HELP: &str = "Set CHROMIUM and CHROMEDRIVER to the paths of the two programs.";
const BROWSER_PACKAGES: &[&str] = &["chromium", "chromium-driver", "fonts-liberation"];
/// Programs that are the whole Chromium, the likeliest first.
const WHOLE: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// Program and package of Chromium without windows.
const SHELL: &str = "chromium-headless-shell";

fn find_browser() -> Option<Browser> {
    let whole = given_or_found("CHROMIUM", WHOLE)?;
    let chromium = given_or_found("CHROMIUM", &[SHELL]).unwrap_or_else(|| whole.clone());
    let driver = given_or_found("CHROMEDRIVER", &["chromedriver"])?;
    Some(Browser { chromium, whole, driver })
}

/// A browser that Playwright can't drive as the system ships it, visited by a smoke test.
pub struct OtherBrowser {
    /// Its name for people.
    pub name: &'static str,
    /// What its test reads the program's path from.
    pub variable: &'static str,
    programs: &'static [&'static str],
    /// What has to be there besides.
    beside: &'static [&'static str],
    packages: &'static [&'static str],
}

const OTHERS: &[OtherBrowser] = &[
    OtherBrowser {
        name: "Firefox",
        variable: "FIREFOX",
        programs: &["firefox-esr", "firefox"],
        beside: &[],
        packages: &["firefox-esr"],
    },
    OtherBrowser {
        name: "WebKitGTK",
        variable: "WEBKIT_DRIVER",
        programs: &["WebKitWebDriver"],
        beside: &["Xvfb"],
        packages: &["webkit2gtk-driver", "xvfb"],
    },
];

/// The other browsers with their programs, installed where they are missing and that is allowed; says which are left out.
pub fn other_browsers() -> Vec<(&'static OtherBrowser, PathBuf)> {
    let missing = |other: &&OtherBrowser| other.program().is_none();
    let packages: Vec<&str> = OTHERS.iter().filter(missing).flat_map(|other| other.packages).copied().collect();
    if let Some(root) = root_prefix().filter(|_| !packages.is_empty() && on_path("apt-get").is_some()) {
        let updated = step::must(
            "Ask for the list of system packages",
            apt(root, &["update"]).env("DEBIAN_FRONTEND", "noninteractive"),
        );
        // Only a help: without it the tests of these browsers are left out, which is said below.
        let _ = updated.and_then(|_| step::must("Install the other browsers", &mut apt_install(root, &packages)));
    }
    for other in OTHERS.iter().filter(missing) {
        println!("  {} is not installed: its smoke test is left out", other.name);
    }
    OTHERS.iter().filter_map(|other| Some((other, other.program()?))).collect()
}

impl OtherBrowser {
    fn program(&self) -> Option<PathBuf> {
        self.beside.iter().try_for_each(|program| on_path(program).map(drop))?;
        given_or_found(self.variable, self.programs)
    }
}

fn install_browser() -> anyhow::Result<()> {
    let by_hand = format!("apt-get install --yes {}", BROWSER_PACKAGES.join(" "));
    ensure!(on_path("apt-get").is_some(), "Chromium and chromedriver are missing. Install both. {BROWSER_HELP}");
    let Some(root) = root_prefix() else {
        bail!("Chromium and chromedriver are missing. Install them with:\n\n  sudo {by_hand}\n");
    };
    step::must("Ask for the list of system packages", apt(root, &["update"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
    step::must("Install Chromium", &mut apt_install(root, BROWSER_PACKAGES))?;
    Ok(())
}

/// Only a help: without it, or where no package has that name, the whole Chromium does.
fn install_shell() {
    let known = answers("apt-cache", &["show", SHELL]).is_some_and(|text| !text.is_empty());
    let Some(root) = root_prefix().filter(|_| known) else { return };
    if step::must("Install Chromium's shell without windows", &mut apt_install(root, &[SHELL])).is_err() {
        println!("  It can't be installed; the tests take the whole Chromium, and longer");
    }
}

/// What stands before a command to run it as root: nothing, or a `sudo` that asks no password; none if neither works.
fn root_prefix() -> Option<&'static [&'static str]> {
    if answers("id", &["-u"]).is_some_and(|id| id.trim() == "0") {
        return Some(&[]);
    }
    answers("sudo", &["--non-interactive", "true"]).map(|_| ["sudo", "--non-interactive", "--preserve-env"].as_slice())
}

fn apt_install(root: &[&str], packages: &[&str]) -> Command {
    let mut command = apt(root, &["install", "--yes", "--no-install-recommends"]);
    command.args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn apt(root: &[&str], arguments: &[&str]) -> Command {
    let mut words = root.iter().chain(&["apt-get"]);
    let mut command = Command::new(words.next().unwrap_or(&"apt-get"));
    command.args(words).args(arguments);
    command
}

/// Rust's standard library for the browser.
pub fn wasm_target(workspace: &Workspace) -> anyhow::Result<()> {
    let installed = || answers("rustc", &["--print", "target-libdir", "--target", WASM]);
    if installed().is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    rustup(workspace, "Install Rust's WASM target", &["target", "add", WASM])
}

/// The formatter and the linter, which a minimal Rust lacks.
pub fn components(workspace: &Workspace) -> anyhow::Result<()> {
    if [["fmt", "--version"], ["clippy", "--version"]].iter().all(|words| answers("cargo", words).is_some()) {
        return Ok(());
    }
    rustup(workspace, "Install Rust's formatter and linter", &["component", "add", "rustfmt", "clippy"])
}

fn rustup(workspace: &Workspace, name: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let by_hand = format!("rustup {}", arguments.join(" "));
    ensure!(
        on_path("rustup").is_some(),
        "A part of Rust is missing. Install Rust with rustup, then run:\n\n  {by_hand}\n"
    );
    let mut command = Command::new("rustup");
    step::must(name, command.current_dir(&workspace.root).args(arguments))
        .with_context(|| format!("Try it by hand:\n\n  {by_hand}\n"))?;
    Ok(())
}

/// The packages of `end2end/package-lock.json`, installed unless just these are there.
fn npm_packages(workspace: &Workspace) -> anyhow::Result<()> {
    let folder = workspace.npm();
    let lock = fs::read(folder.join("package-lock.json")).context("can't read end2end/package-lock.json")?;
    let (stamp, hash) = (folder.join("node_modules/.installed"), content_hash(&[&lock]));
    if fs::read_to_string(&stamp).is_ok_and(|kept| kept == hash) {
        return Ok(());
    }
    ensure!(on_path("npm").is_some(), "Node is missing. Install Node 20 or newer (with npm): https://nodejs.org");
    let mut install = npm();
    install.current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]);
    step::must("Install the npm packages", &mut install)
        .with_context(|| format!("Try it by hand:\n\n  cd {} && npm ci\n", folder.display()))?;
    fs::write(stamp, hash).context("can't note that the npm packages are installed")
}

fn npm() -> Command {
    Command::new(npm_program())
}

/// npm, by the name it has on this system.
pub fn npm_program() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

/// The program a person named in the environment, else the first of `names` on the `PATH`.
fn given_or_found(variable: &str, names: &[&str]) -> Option<PathBuf> {
    match env::var_os(variable).filter(|value| !value.is_empty()) {
        Some(given) => Some(PathBuf::from(given)).filter(|path| path.exists()),
        None => names.iter().find_map(|name| on_path(name)),
    }
}

/// Where the program `name` is.
pub fn on_path(name: &str) -> Option<PathBuf> {
    find_in(name, env::var_os("PATH")?)
}

fn find_in(name: &str, path: OsString) -> Option<PathBuf> {
    let suffixes = if cfg!(windows) { [".exe", ".cmd"].as_slice() } else { [""].as_slice() };
    env::split_paths(&path)
        .flat_map(|folder| suffixes.iter().map(move |suffix| folder.join(format!("{name}{suffix}"))))
        .find(|program| program.is_file())
}

/// What a short command prints, if it exists and succeeds.
fn answers(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::find_in;

    #[test]
    fn the_first_folder_of_the_path_wins() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for folder in [&first, &second] {
            std::fs::write(folder.path().join("tool"), "").unwrap();
        }
        let path = std::env::join_paths([first.path(), second.path()]).unwrap();
        assert_eq!(find_in("tool", path), Some(first.path().join("tool")));
    }

    #[test]
    fn a_folder_is_no_program() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tool")).unwrap();
        assert_eq!(find_in("tool", folder.path().as_os_str().to_owned()), None);
    }
}
