//! Cutting one WASM at the functions that are loaded on their own.

use std::fs;
use std::path::Path;

use anyhow::anyhow;
use wasm_split_cli_support::{Options, transform};

use super::{NAME, joined};
use crate::workspace::Workspace;

/// The JavaScript that loads the parts, as the main module imports it.
pub const LOADER: &str = "cut.js";

/// Cuts `whole`: writes [`LOADER`], one WASM for each part and what parts share into `folder`, and answers with the main
/// part, which still needs its bindings.
pub fn cut(workspace: &Workspace, whole: &[u8], folder: &Path) -> anyhow::Result<Vec<u8>> {
    let main = folder.join("main.wasm");
    let (loader, js) = (format!("./{LOADER}"), format!("./{NAME}.js"));
    let mut options = Options::new(whole);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = &loader;
    options.main_module = &js;
    let made = transform(options).map_err(|error| anyhow!("the WASM can't be cut: {error:?}"))?;
    joined::join(workspace, folder, &made.prefetch_map.into_iter().collect())?;
    let content = fs::read(&main)?;
    fs::remove_file(&main)?;
    Ok(content)
}

/// The parts in `folder` by their file names, in the order of these.
pub fn parts(folder: &Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".wasm") && name != format!("{NAME}_bg.wasm") {
            let content = fs::read(folder.join(&name))?;
            parts.push((name, content));
        }
    }
    parts.sort();
    Ok(parts)
}
