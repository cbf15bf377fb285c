//! A request for a page of a class: which class it is about, and from whose session it comes.

use super::layout::{self, Hidden, Page};
use super::{Class, Console};
use crate::TrainingError;
use crate::markup::Markup;
use crate::store::Store;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::Response;
use std::collections::HashMap;
use std::sync::Arc;

/// What a page of a class answers: where it could not be made, the page that says why.
pub(super) type Answer = Result<Response, Response>;

/// A visit to a page of a class that there is.
pub(super) struct Visit {
    pub(super) console: Arc<Console>,
    pub(super) class: Class,
    hidden: Hidden,
}

impl FromRequestParts<Arc<Console>> for Visit {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        console: &Arc<Console>,
    ) -> Result<Self, Response> {
        let named = Path::<HashMap<String, String>>::from_request_parts(parts, console).await;
        let code = named.ok().and_then(|Path(mut named)| named.remove("code"));
        // The gate leaves the token of every session that it lets in.
        let hidden = parts.extensions.get::<Hidden>().cloned();
        let (Some(code), Some(hidden)) = (code, hidden) else {
            return Err(layout::not_found(console));
        };
        Ok(Self {
            class: console.class(&code).await?,
            console: Arc::clone(console),
            hidden,
        })
    }
}

impl Visit {
    /// The address of a page of the class.
    pub(super) fn address(&self, page: &str) -> String {
        let code = &self.class.code;
        layout::address(&self.console, &format!("/trainer/class/{code}/{page}"))
    }

    /// Asks the store of the class, off the asynchronous threads.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Store) -> Result<T, TrainingError> + Send + 'static,
    ) -> Result<T, Response> {
        let answer = self.class.app.ask(question).await;
        answer.map_err(|why| layout::unavailable(&self.console, why))
    }

    /// A form that is sent to a page of the class.
    pub(super) fn form(&self, page: &str, content: Markup) -> Markup {
        self.hidden.form(&self.address(page), content)
    }

    /// A page of the class. One with errors is a bad request.
    pub(super) fn page(
        &self,
        section: &str,
        title: &str,
        errors: &[(&str, &str)],
        body: Markup,
    ) -> Response {
        let page = Page {
            title,
            errors,
            body,
        };
        page.of_class(self, &self.hidden, section)
    }
}
