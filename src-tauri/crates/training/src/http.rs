//! The router, and what every answer has in common.

use crate::app::App;
use crate::classes::{Classes, is_of_class};
use crate::faults::{self, CloseConnection};
use crate::oauth::Form;
use crate::{arrivals, fhir, oauth, weather};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::{Service, ServiceExt};

/// The media type of every FHIR answer.
pub(crate) const FHIR_JSON: &str = "application/fhir+json";

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(crate) const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// Everything the backend offers.
pub(crate) fn router(app: &Arc<App>) -> Router {
    Router::new()
        .merge(oauth::routes())
        .merge(fhir::routes())
        .layer(middleware::from_fn_with_state(
            Arc::clone(app),
            weather::strike,
        ))
        .layer(middleware::from_fn(common_headers))
        .layer(middleware::from_fn_with_state(
            Arc::clone(app),
            faults::strike,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(app),
            arrivals::note,
        ))
        .with_state(Arc::clone(app))
}

/// Answers hold people's data: nobody on the way keeps them. Request and correlation ids come back.
async fn common_headers(request: Request, next: Next) -> Response {
    let mirrored = [REQUEST_ID, CORRELATION_ID].map(|name| {
        let value = request.headers().get(&name).cloned();
        (name, value)
    });
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in mirrored {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    response
}

/// The fields of a query. One that cannot be read has none.
pub(crate) fn query_of(uri: &Uri) -> Form {
    Form::of(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default()
}

/// The text of a header, if it is there, once, and plain.
pub(crate) fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// The bearer token of a request.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = header_text(headers, &header::AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// The whole body, or `None` when it is larger than `limit` bytes or breaks off.
pub(crate) async fn whole_body(body: Body, limit: usize) -> Option<Bytes> {
    axum::body::to_bytes(body, limit).await.ok()
}

/// The router of the root and those of its classes, which close the connection where a fault asks for
/// it.
#[derive(Clone)]
pub(crate) struct ClosingRouter {
    pub(crate) router: Router,
    pub(crate) classes: Arc<Classes>,
}

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("made to close the connection")]
pub(crate) struct Closed;

impl<B> Service<axum::http::Request<B>> for ClosingRouter
where
    B: axum::body::HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response;
    type Error = Closed;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Closed>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Closed>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: axum::http::Request<B>) -> Self::Future {
        let request = request.map(Body::new);
        let (router, classes) = (self.router.clone(), Arc::clone(&self.classes));
        Box::pin(async move {
            let response = if is_of_class(request.uri()) {
                classes.answer(request).await
            } else {
                router
                    .oneshot(request)
                    .await
                    .unwrap_or_else(|never: Infallible| match never {})
            };
            match response.extensions().get::<CloseConnection>() {
                Some(_) => Err(Closed),
                None => Ok(response),
            }
        })
    }
}
