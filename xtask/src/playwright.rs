//! The end-to-end tests' own runner.

use std::path::Path;
use std::process::Command;

use crate::install::{self, Browser};
use crate::workspace::Workspace;

/// `playwright test` in the browser given, with the server and the site that were built.
pub fn command(workspace: &Workspace, browser: &Browser, server: &Path) -> Command {
    let mut command = Command::new(workspace.npm_tool("playwright"));
    command.current_dir(workspace.npm()).args(["test", "--reporter=list"]);
    command.env("CHROMIUM", &browser.chromium).env("CHROMIUM_WHOLE", &browser.whole);
    command.env("TOKENKEEP_SERVER", server).env("TOKENKEEP_SITE", workspace.site());
    for (other, program) in install::other_browsers() {
        command.env(other.variable, program);
    }
    command.env_remove("FORCE_COLOR").env("NO_COLOR", "1");
    command
}
