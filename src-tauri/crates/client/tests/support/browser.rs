//! The system's browser, and the person in it.

use super::PATIENCE;
use cpis_client::Browser;
use std::collections::HashMap;
use std::sync::Mutex;
use tokio::sync::watch;
use url::Url;

/// A browser that keeps the pages that it is asked to open.
pub struct HandBrowser {
    opened: watch::Sender<Vec<Url>>,
    missing: Mutex<bool>,
}

impl Default for HandBrowser {
    fn default() -> Self {
        Self {
            opened: watch::channel(Vec::new()).0,
            missing: Mutex::default(),
        }
    }
}

impl Browser for HandBrowser {
    fn open(&self, address: &Url) -> std::io::Result<()> {
        if *self.missing.lock().unwrap() {
            return Err(std::io::ErrorKind::NotFound.into());
        }
        self.opened
            .send_modify(|opened| opened.push(address.clone()));
        Ok(())
    }
}

impl HandBrowser {
    /// The page that was opened last.
    pub fn last(&self) -> Option<Url> {
        self.opened.borrow().last().cloned()
    }

    /// From now on there is no browser, or there is one again.
    pub fn set_missing(&self, missing: bool) {
        *self.missing.lock().unwrap() = missing;
    }

    /// Waits for the page number `count`, from 1.
    pub async fn page(&self, count: usize) -> InBrowser {
        let mut opened = self.opened.subscribe();
        let page = async {
            let pages = opened.wait_for(|pages| pages.len() >= count).await.unwrap();
            pages[count - 1].clone()
        };
        InBrowser(tokio::time::timeout(PATIENCE, page).await.unwrap())
    }
}

/// A page that was opened for a person.
pub struct InBrowser(pub Url);

impl InBrowser {
    /// A parameter of the request.
    pub fn asked(&self, name: &str) -> String {
        let found = self.0.query_pairs().find(|(key, _)| key == name);
        found.unwrap_or_else(|| panic!("no {name}")).1.into_owned()
    }

    /// Signs in on the page, and gives the address to which the browser is sent back.
    pub async fn sign_in(&self, user: &str, passcode: &str) -> Url {
        let mut form: HashMap<String, String> = self.0.query_pairs().into_owned().collect();
        form.insert("card".to_owned(), user.to_owned());
        form.insert("passcode".to_owned(), passcode.to_owned());
        let mut page = self.0.clone();
        page.set_query(None);
        let answer = client().post(page).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
        answer.headers()["location"]
            .to_str()
            .unwrap()
            .parse()
            .unwrap()
    }

    /// The address of the way back with other parameters than the service gives.
    pub fn back_with(&self, parameters: &[(&str, &str)]) -> Url {
        let mut back: Url = self.asked("redirect_uri").parse().unwrap();
        back.query_pairs_mut().extend_pairs(parameters);
        back
    }
}

/// Goes to an address; `None` when nobody is there.
pub async fn go(address: Url) -> Option<reqwest::Response> {
    client().get(address).send().await.ok()
}

fn client() -> reqwest::Client {
    let none = reqwest::redirect::Policy::none();
    reqwest::Client::builder().redirect(none).build().unwrap()
}
