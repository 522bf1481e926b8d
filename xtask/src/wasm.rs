//! From the WASM that rustc made to the WASM and JavaScript that a browser loads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use wasm_bindgen_cli_support::Bindgen;

use crate::build::Profile;
use crate::cache::{Cache, content_hash};
use crate::step;
use crate::workspace::Workspace;

/// What `wasm-opt` does: smallest size, with exactly the WASM features that rustc turns on by default, so that nothing
/// newer slips in that an older browser can't load.
const OPTIMIZE: &[&str] = &[
    "-Oz",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
const NAME: &str = "tokenkeep";

/// The files a browser loads, still without hashes in their names.
pub struct Package {
    /// The JavaScript module that loads the WASM.
    pub js: String,
    /// The WASM.
    pub wasm: Vec<u8>,
    /// The folder of JavaScript that crates bring along and `js` imports as `./snippets/…`, if there is any.
    pub snippets: Option<PathBuf>,
}

/// Generates the bindings for `built` and, for a release, makes the WASM small.
pub fn package(workspace: &Workspace, profile: Profile, built: &Path, cache: &mut Cache) -> anyhow::Result<Package> {
    let raw = fs::read(built).with_context(|| format!("can't read {}", built.display()))?;
    let folder = bindings(workspace, profile, raw)?;
    let bound = fs::read(folder.join(format!("{NAME}_bg.wasm")))?;
    let wasm = match profile {
        Profile::Debug => bound,
        Profile::Release => small(workspace, &bound, cache)?,
    };
    let snippets = Some(folder.join("snippets")).filter(|snippets| snippets.is_dir());
    Ok(Package { js: fs::read_to_string(folder.join(format!("{NAME}.js")))?, wasm, snippets })
}

/// The folder with the bindings for `raw`, generated unless they are there.
///
/// The WASM names the version of `wasm-bindgen` it was compiled with, so its hash stands for that version too.
fn bindings(workspace: &Workspace, profile: Profile, raw: Vec<u8>) -> anyhow::Result<PathBuf> {
    let folder = workspace.scratch(profile).join("bindings");
    let (stamp, hash) = (folder.join("stamp"), content_hash(&[&raw]));
    if fs::read_to_string(&stamp).is_ok_and(|kept| kept == hash) {
        return Ok(folder);
    }
    step::work("Generate the bindings", || {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        generate(profile, raw, &folder)
    })?;
    fs::write(stamp, hash)?;
    Ok(folder)
}

fn generate(profile: Profile, raw: Vec<u8>, folder: &Path) -> anyhow::Result<()> {
    let release = profile == Profile::Release;
    Bindgen::new()
        .input_bytes(NAME, raw)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .debug(!release)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(folder)
}

fn small(workspace: &Workspace, wasm: &[u8], cache: &mut Cache) -> anyhow::Result<Vec<u8>> {
    let key = content_hash(&[wasm, OPTIMIZE.join(" ").as_bytes()]);
    cache.get(&format!("{key}.wasm"), || {
        let folder = workspace.scratch(Profile::Release);
        let (before, after) = (folder.join("before.wasm"), folder.join("after.wasm"));
        fs::write(&before, wasm)?;
        let mut optimize = Command::new(workspace.npm_tool("wasm-opt"));
        optimize.args(OPTIMIZE).arg(&before).arg("-o").arg(&after);
        step::must("Make the WASM small (wasm-opt)", &mut optimize)?;
        Ok(fs::read(&after)?)
    })
}
