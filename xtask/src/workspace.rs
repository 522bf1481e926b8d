//! Where things are: the workspace's root and its target folder, wherever the person or the CI has put it.

use std::path::{Path, PathBuf};

use anyhow::Context;
use cargo_metadata::MetadataCommand;

use crate::build::Profile;

/// The folders every command works in.
pub struct Workspace {
    /// The root of the clone.
    pub root: PathBuf,
    /// Cargo's target folder (`CARGO_TARGET_DIR` and cargo's settings are respected).
    pub target: PathBuf,
}

impl Workspace {
    /// Asks cargo, about the clone it was started in: one build of these commands may serve several clones that share a target
    /// folder.
    ///
    /// # Errors
    /// If cargo did not start this program, or can't read the workspace.
    pub fn find() -> anyhow::Result<Self> {
        let folder = std::env::var_os("CARGO_MANIFEST_DIR").context("start this by `cargo xtask`")?;
        let manifest = Path::new(&folder).join("Cargo.toml");
        let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec()?;
        Ok(Self { root: metadata.workspace_root.into(), target: metadata.target_directory.into() })
    }

    /// The folder the server serves files from.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// Where the commands keep what they made on the way to the site.
    pub fn scratch(&self, profile: Profile) -> PathBuf {
        self.target.join("xtask").join(profile.to_string())
    }

    /// The npm project that holds the tools from npm.
    pub fn npm(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// The sources of the script for other people's pages.
    pub fn embed(&self) -> PathBuf {
        self.root.join("embed")
    }

    /// A tool from npm, such as `wasm-merge`.
    pub fn npm_tool(&self, name: &str) -> PathBuf {
        self.npm().join("node_modules/.bin").join(name)
    }
}
