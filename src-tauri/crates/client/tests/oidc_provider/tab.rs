//! A person in a browser, as far as the provider's pages need one: cookies, redirects, a decision.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use std::collections::BTreeMap;
use url::Url;

/// More pages than any sign-in has.
const MOST_PAGES: usize = 20;

/// What the person does on the pages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Agree,
    /// Gives up where they should sign in.
    RefuseToSignIn,
    /// Signs in, and does not permit the program to know it.
    RefuseConsent,
}

/// One browser, which keeps its cookies.
pub struct Tab {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Tab {
    pub fn new() -> Self {
        let none = reqwest::redirect::Policy::none();
        let client = Client::builder().no_proxy().redirect(none);
        Self {
            client: client.build().unwrap(),
            cookies: BTreeMap::new(),
        }
    }

    /// Goes from a page to where the provider sends the browser back, and gives that address.
    pub async fn walk(&mut self, page: Url, decision: Decision) -> Url {
        let back = page.query_pairs().find(|(key, _)| key == "redirect_uri");
        let back = back.unwrap().1.into_owned();
        let mut next = page;
        for _ in 0..MOST_PAGES {
            if next.as_str().starts_with(&back) {
                return next;
            }
            let mut answer = self.ask(self.client.get(next.clone())).await;
            if answer.status() == 200 {
                answer = self.decide(&next, answer, decision).await;
            }
            assert!(answer.status().is_redirection(), "{}", shown(answer).await);
            let to = answer.headers()[LOCATION].to_str().unwrap();
            next = next.join(to).unwrap();
        }
        panic!("the pages have no end");
    }

    async fn decide(&mut self, page: &Url, form: Response, decision: Decision) -> Response {
        let form: Value = serde_json::from_str(&form.text().await.unwrap()).unwrap();
        let refuses = match form["asked"].as_str().unwrap() {
            "login" => decision == Decision::RefuseToSignIn,
            "consent" => decision == Decision::RefuseConsent,
            other => panic!("a page for {other}"),
        };
        let decided = if refuses { "refuse" } else { "agree" };
        let post = self
            .client
            .post(page.clone())
            .form(&[("decision", decided)]);
        self.ask(post).await
    }

    async fn ask(&mut self, request: RequestBuilder) -> Response {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        let answer = request
            .header(COOKIE, cookies.join("; "))
            .send()
            .await
            .unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}

async fn shown(answer: Response) -> String {
    format!("{}: {}", answer.status(), answer.text().await.unwrap())
}
