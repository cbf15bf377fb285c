//! The reference: a handler that answers every request with the same bytes.

use super::Outcome;
use axum::Router;
use axum::http::header;
use std::path::Path;

pub(super) async fn serve(body: &Path) -> Outcome<()> {
    let body = axum::body::Bytes::from(std::fs::read(body)?);
    let router = Router::new().fallback(move || {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "application/fhir+json")], body) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}
