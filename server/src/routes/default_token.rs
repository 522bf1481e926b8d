use domain::api::Problem;
use domain::api::default_token::{DefaultTokens, ReadDefaultToken};

use super::asked::{Asked, Reply};

/// What people see of the operator's default token.
pub async fn default_token(asked: Asked<ReadDefaultToken>) -> Result<Reply<DefaultTokens>, Problem> {
    let Some(file) = &asked.state.default_token else { return Ok(DefaultTokens::default().into()) };
    let shown = file.shown(asked.state.clock.now());
    let failed = |error: &crate::gateway::DefaultTokenError| {
        tracing::error!(error = error as &(dyn std::error::Error + 'static), "the default token can't be read");
    };
    Ok(DefaultTokens { token: shown.inspect_err(failed).ok() }.into())
}
