//! What is made in the sandbox for people to try with, while it runs.

use domain::api::providers::{AddSandboxClient, AddSandboxSiteToken, SandboxClient, SandboxSiteToken};
use domain::api::{Code, Problem};

use super::asked::{Asked, Reply};

/// Makes a client in the sandbox, while it runs.
pub async fn add_sandbox_client(asked: Asked<AddSandboxClient>) -> Result<Reply<SandboxClient>, Problem> {
    let sandbox = asked.state.sandbox.as_ref().ok_or_else(off)?;
    if !(1..=86_400).contains(&asked.body.lifetime_seconds) {
        let wrong = Problem::new(Code::InvalidFields);
        return Err(wrong.with_error("lifetime_seconds", "Choose 1 to 86,400 seconds."));
    }
    made(sandbox, &asked).await
}

/// Makes a site token in the sandbox, while it runs.
pub async fn add_sandbox_site_token(asked: Asked<AddSandboxSiteToken>) -> Result<Reply<SandboxSiteToken>, Problem> {
    let sandbox = asked.state.sandbox.as_ref().ok_or_else(off)?;
    Ok(site_token(sandbox, &asked)?.into())
}

fn off() -> Problem {
    Problem::new(Code::NotFound).with_detail("The sandbox does not run. Start the server with --sandbox to try it.")
}

#[cfg(feature = "sandbox")]
fn site_token(
    sandbox: &crate::state::Sandbox,
    asked: &Asked<AddSandboxSiteToken>,
) -> Result<SandboxSiteToken, Problem> {
    let refused = |error: sandbox::SiteTokenLifetime| {
        Problem::new(Code::InvalidFields).with_error("lifetime_seconds", error.to_string())
    };
    sandbox.running.add_site_token(&asked.body).map_err(refused)
}

#[cfg(not(feature = "sandbox"))]
fn site_token(_: &crate::state::Sandbox, _: &Asked<AddSandboxSiteToken>) -> Result<SandboxSiteToken, Problem> {
    Err(off())
}

#[cfg(feature = "sandbox")]
async fn made(
    sandbox: &crate::state::Sandbox,
    asked: &Asked<AddSandboxClient>,
) -> Result<Reply<SandboxClient>, Problem> {
    Ok(sandbox.running.add_client(&asked.body).await.map_err(refused)?.into())
}

#[cfg(not(feature = "sandbox"))]
async fn made(_: &crate::state::Sandbox, _: &Asked<AddSandboxClient>) -> Result<Reply<SandboxClient>, Problem> {
    Err(Problem::new(Code::NotFound))
}

#[cfg(feature = "sandbox")]
fn refused(error: sandbox::ClientError) -> Problem {
    match error.field() {
        Some(field) => Problem::new(Code::InvalidFields).with_error(field, error.to_string()),
        None => {
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "the sandbox made no client");
            Problem::new(Code::Unavailable).with_detail(error.to_string())
        }
    }
}
