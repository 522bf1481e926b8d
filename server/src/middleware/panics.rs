use std::any::Any;

use axum::response::{IntoResponse, Response};
use domain::api::Code;

use crate::problem::Refusal;

/// Turns a panic into a problem document. What was said in the panic is not logged: it may hold anything. The panic
/// hook logs where it happened.
pub(super) fn caught(_: Box<dyn Any + Send + 'static>) -> Response {
    Refusal::from(Code::Internal).into_response()
}
