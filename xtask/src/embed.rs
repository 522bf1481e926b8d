//! `embed.js`: the modules of `embed/` as one script, which keeps its name because other people's pages load it.

use std::fs;
use std::process::Command;

use crate::build::Profile;
use crate::step;
use crate::workspace::Workspace;

/// The script's name in the site folder.
pub const NAME: &str = "embed.js";

/// The oldest browsers the script is written for: the first with `light-dark()` in their style sheets.
const BROWSERS: &str = "es2022,chrome123,firefox121,safari17.5";

/// Bundles the modules; for a release small, else readable.
pub fn script(workspace: &Workspace, profile: Profile) -> anyhow::Result<Vec<u8>> {
    let bundle = workspace.scratch(profile).join(NAME);
    let mut esbuild = Command::new(workspace.npm_tool("esbuild"));
    esbuild.current_dir(workspace.embed()).args(["src/main.js", "--bundle", "--format=iife", "--charset=utf8"]);
    esbuild.args(["--loader:.css=text", "--legal-comments=none", "--log-level=warning"]);
    esbuild.arg(format!("--target={BROWSERS}")).arg(format!("--outfile={}", bundle.display()));
    if profile == Profile::Release {
        esbuild.arg("--minify");
    }
    step::must("Bundle embed.js (esbuild)", &mut esbuild)?;
    Ok(fs::read(bundle)?)
}
