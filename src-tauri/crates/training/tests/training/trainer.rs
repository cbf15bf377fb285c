//! A trainer at the console, as a browser that is signed in.

use crate::bench::Bench;
use crate::browser::browser;
use reqwest::{Response, StatusCode};
use std::time::Duration;

/// The passcode of the console.
pub(crate) const PASSCODE: &str = "practice makes perfect";
/// What a test waits for something to arrive (only where it does not).
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A trainer who is signed in.
pub(crate) struct Trainer {
    browser: reqwest::Client,
    base: String,
    cookie: String,
}

/// A backend with a trainer.
pub(crate) async fn bench() -> Bench {
    Bench::start_with(|o| o.trainer_passcode = Some(PASSCODE.to_owned())).await
}

/// Signs in with a passcode, right or wrong.
pub(crate) async fn enter(bench: &Bench, passcode: &str) -> Response {
    enter_with(&browser(), bench, passcode).await
}

/// As [`enter`], in a browser that is there already.
pub(crate) async fn enter_with(
    browser: &reqwest::Client,
    bench: &Bench,
    passcode: &str,
) -> Response {
    browser
        .post(format!("{}/trainer", bench.base))
        .header("Origin", &bench.base)
        .form(&[("passcode", passcode)])
        .send()
        .await
        .unwrap()
}

impl Trainer {
    pub(crate) async fn of(bench: &Bench) -> Self {
        let response = enter(bench, PASSCODE).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
        Self {
            browser: browser(),
            base: bench.base.clone(),
            cookie: cookie.split(';').next().unwrap().to_owned(),
        }
    }

    fn url(&self, page: &str) -> String {
        format!("{}/trainer/class/default/{page}", self.base)
    }

    pub(crate) async fn get(&self, page: &str) -> Response {
        let request = self.browser.get(self.url(page));
        request.header("Cookie", &self.cookie).send().await.unwrap()
    }

    pub(crate) async fn page(&self, page: &str) -> String {
        let response = self.get(page).await;
        assert_eq!(response.status(), StatusCode::OK, "{page}");
        response.text().await.unwrap()
    }

    pub(crate) async fn token(&self, page: &str) -> String {
        let html = self.page(page).await;
        let (_, rest) = html.split_once("name=\"token\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    pub(crate) fn sending(&self, page: &str, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let request = self.browser.post(self.url(page)).form(form);
        request.header("Cookie", &self.cookie)
    }

    /// Sends a form as the page does.
    pub(crate) async fn send(&self, page: &str, form: &[(&str, &str)]) -> String {
        let token = self.token(page).await;
        let mut whole = vec![("token", token.as_str())];
        whole.extend(form);
        let sent = self.sending(page, &whole).header("Origin", &self.base);
        let response = sent.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{page}");
        response.text().await.unwrap()
    }

    pub(crate) async fn weather(&self, weather: &str) {
        self.send("weather", &[("weather", weather)]).await;
    }
}
