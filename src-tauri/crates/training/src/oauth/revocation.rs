//! Signing out (RFC 7009).

use super::{OAuthError, token::Form};
use crate::app::App;
use crate::store::Hash;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use std::sync::Arc;

/// Ends the session of the token. The answer is 200 for every token, known or not.
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<StatusCode, OAuthError> {
    let form = Form::read(request).await?;
    let token = Hash::of(form.required("token")?);
    app.ask(move |store| store.revoke(&token)).await?;
    Ok(StatusCode::OK)
}
