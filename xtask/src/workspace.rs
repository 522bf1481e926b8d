//! Where things are: the workspace's root and its target folder, wherever the person or the CI has put it.

use std::path::{Path, PathBuf};

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
    /// Asks cargo.
    ///
    /// # Errors
    /// If cargo can't read the workspace.
    pub fn find() -> anyhow::Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
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

    /// A tool from npm, such as `wasm-opt`.
    pub fn npm_tool(&self, name: &str) -> PathBuf {
        self.npm().join("node_modules/.bin").join(name)
    }
}
