//! From the WASM that rustc made to the WASM and JavaScript that a browser loads.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use wasm_bindgen_cli_support::Bindgen;

use crate::build::Profile;
use crate::cache::{Cache, content_hash};
use crate::node::Script;
use crate::step;
use crate::workspace::Workspace;

mod binary;
mod cut;
mod emptied;
mod joined;

pub use cut::LOADER;

/// Exactly the WASM features that rustc turns on by default, so that nothing newer slips in that an older browser can't
/// load: as `wasm-merge` and as `binaryen` name them.
const FEATURES: &[(&str, &str)] = &[
    ("--enable-bulk-memory", "BulkMemory"),
    ("--enable-bulk-memory-opt", "BulkMemoryOpt"),
    ("--enable-call-indirect-overlong", "CallIndirectOverlong"),
    ("--enable-multivalue", "Multivalue"),
    ("--enable-mutable-globals", "MutableGlobals"),
    ("--enable-nontrapping-float-to-int", "NontrappingFPToInt"),
    ("--enable-reference-types", "ReferenceTypes"),
    ("--enable-sign-ext", "SignExt"),
];
/// Makes WASM files small, by `binaryen` from npm.
const SMALL: &str = include_str!("wasm/small.mjs");
const NAME: &str = "tokenkeep";
/// What the way from WASM to package depends on besides the WASM: this code, and the crates and tools it calls. It is not read off
/// the program's own file, which a test of this package may replace while it runs.
const WAY: [&str; 8] = [
    include_str!("wasm.rs"),
    include_str!("wasm/binary.rs"),
    include_str!("wasm/cut.rs"),
    include_str!("wasm/emptied.rs"),
    include_str!("wasm/joined.rs"),
    include_str!("wasm/joined/plan.rs"),
    include_str!("../../end2end/package-lock.json"),
    include_str!("../../Cargo.lock"),
];

/// The files a browser loads, still without hashes in their names.
pub struct Package {
    /// The JavaScript module that loads the WASM.
    pub js: String,
    /// The WASM.
    pub wasm: Vec<u8>,
    /// The folder of JavaScript that crates bring along and `js` imports as `./snippets/…`, if there is any.
    pub snippets: Option<PathBuf>,
    /// What was cut off to be loaded later.
    pub cut: Option<Cut>,
}

/// The parts of the WASM that are loaded later.
pub struct Cut {
    /// The JavaScript that loads them; `js` imports it as [`LOADER`], and it imports `js` as `tokenkeep.js`.
    pub loader: String,
    /// Each part by the file name the loader has for it.
    pub parts: Vec<(String, Vec<u8>)>,
}

/// Generates the bindings for `built` and, for a release, makes the WASM small.
pub fn package(workspace: &Workspace, profile: Profile, built: &Path, cache: &mut Cache) -> anyhow::Result<Package> {
    let raw = fs::read(built).with_context(|| format!("can't read {}", built.display()))?;
    let folder = bindings(workspace, profile, raw)?;
    let bound = fs::read(folder.join(format!("{NAME}_bg.wasm")))?;
    let (wasm, cut) = match profile {
        Profile::Debug => (bound, None),
        Profile::Release => {
            let (wasm, cut) = small_and_cut(workspace, bound, &folder, cache)?;
            (wasm, Some(cut))
        }
    };
    let snippets = Some(folder.join("snippets")).filter(|snippets| snippets.is_dir());
    Ok(Package { js: fs::read_to_string(folder.join(format!("{NAME}.js")))?, wasm, snippets, cut })
}

/// Puts the bindings for a WASM that is not the app's into `folder`, the WASM made small.
pub fn bare(workspace: &Workspace, built: &Path, folder: &Path, cache: &mut Cache) -> anyhow::Result<()> {
    let raw = fs::read(built).with_context(|| format!("can't read {}", built.display()))?;
    fs::create_dir_all(folder)?;
    let mut bindings = Bindgen::new();
    bindings.input_bytes(NAME, raw).web(true)?.typescript(false).remove_name_section(true).generate(folder)?;
    let wasm = folder.join(format!("{NAME}_bg.wasm"));
    let small = small(workspace, &[fs::read(&wasm)?], cache)?.concat();
    fs::write(&wasm, small).context("can't write the small WASM")
}

/// The main part and those cut off it, all made small.
fn small_and_cut(
    workspace: &Workspace,
    main: Vec<u8>,
    folder: &Path,
    cache: &mut Cache,
) -> anyhow::Result<(Vec<u8>, Cut)> {
    let loader = fs::read_to_string(folder.join(LOADER))?;
    let (names, mut parts): (Vec<_>, Vec<_>) = cut::parts(folder)?.into_iter().unzip();
    parts.push(main);
    let mut parts = small(workspace, &parts, cache)?;
    let main = parts.pop().context("the main part is lost")?;
    Ok((main, Cut { loader, parts: names.into_iter().zip(parts).collect() }))
}

/// The folder with the bindings for `raw`, generated unless they are there.
///
/// The WASM names the version of `wasm-bindgen` it was compiled with, so its hash stands for that version too;
/// [`WAY`] stands for the way it is cut.
fn bindings(workspace: &Workspace, profile: Profile, raw: Vec<u8>) -> anyhow::Result<PathBuf> {
    let folder = workspace.scratch(profile).join("bindings");
    let (stamp, hash) = (folder.join("stamp"), content_hash(&[&raw, WAY.concat().as_bytes()]));
    if fs::read_to_string(&stamp).is_ok_and(|kept| kept == hash) {
        return Ok(folder);
    }
    step::work("Generate the bindings", || {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        generate(workspace, profile, raw, &folder)
    })?;
    fs::write(stamp, hash)?;
    Ok(folder)
}

/// A release is cut first; its names stay until then, because the cut goes by them.
fn generate(workspace: &Workspace, profile: Profile, raw: Vec<u8>, folder: &Path) -> anyhow::Result<()> {
    let release = profile == Profile::Release;
    fs::create_dir_all(folder)?;
    let main = if release { cut::cut(workspace, &emptied::emptied(&raw, is_unused)?, folder)? } else { raw };
    Bindgen::new()
        .input_bytes(NAME, main)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .debug(!release)
        // The parts find what they share with the main part by its exports.
        .keep_lld_exports(release)
        .demangle(!release)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(folder)
}

/// What only `hydrate_lazy` would call: `hydrate_async` and the closures in it. Functions declared inside may share their
/// code with equal ones that `hydrate` calls, so they stay.
fn is_unused(symbol: &str) -> bool {
    const CLOSURE: &str = "28_$u7b$$u7b$closure$u7d$$u7d$";
    let Some((_, mut inside)) = symbol.rsplit_once("13hydrate_async") else { return false };
    while let Some(deeper) = inside.strip_prefix(CLOSURE) {
        inside = deeper;
    }
    inside.starts_with("17h")
}

/// Makes each WASM small.
fn small(workspace: &Workspace, all: &[Vec<u8>], cache: &mut Cache) -> anyhow::Result<Vec<Vec<u8>>> {
    let lock = include_str!("../../end2end/package-lock.json");
    let features = FEATURES.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(",");
    let way = [SMALL.as_bytes(), lock.as_bytes(), features.as_bytes()].concat();
    let key = |wasm: &[u8]| format!("{}.wasm", content_hash(&[wasm, &way]));
    let mut missing: Vec<&[u8]> = all.iter().map(Vec::as_slice).filter(|wasm| !cache.has(&key(wasm))).collect();
    // The largest is taken first, so that none is left to one core at the end.
    missing.sort_by_key(|wasm| std::cmp::Reverse(wasm.len()));
    for (wasm, made) in missing.iter().zip(made_small(workspace, &features, &missing)?) {
        cache.get(&key(wasm), || Ok(made))?;
    }
    all.iter().map(|wasm| cache.get(&key(wasm), || anyhow::bail!("a WASM was not made small"))).collect()
}

fn made_small(workspace: &Workspace, features: &str, all: &[&[u8]]) -> anyhow::Result<Vec<Vec<u8>>> {
    let script = Script { text: SMALL, arguments: &[features], makes: &["small"], at: &workspace.npm() };
    let name = format!("Make {} WASM files small (binaryen)", all.len());
    let made = script.over(all, &name, &workspace.scratch(Profile::Release).join("small"))?;
    Ok(made.into_iter().flatten().collect())
}
