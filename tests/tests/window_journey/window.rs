//! Driving the real window through WebKitWebDriver.

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use futures_util::FutureExt;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How long a screen may take to come. A check ends after 15 seconds at the latest.
const PATIENCE: Duration = Duration::from_secs(40);
const EVERY: Duration = Duration::from_millis(50);

/// The open window.
pub struct Window {
    client: Client,
    pictures: PathBuf,
    name: &'static str,
    taken: AtomicU32,
}

/// The program under test.
pub fn program() -> PathBuf {
    let named = std::env::var_os("CPIS_DESKTOP");
    PathBuf::from(named.expect("`cargo xtask e2e` says where the program is (CPIS_DESKTOP)"))
}

impl Window {
    /// Opens the window, takes the steps, and closes the window whatever happens: an open one would
    /// keep the next journey out.
    pub async fn journey(name: &'static str, arguments: &[&str], steps: impl AsyncFnOnce(&Self)) {
        let window = Self::open(name, arguments).await;
        let walked = AssertUnwindSafe(steps(&window)).catch_unwind().await;
        window.client.close().await.expect("the window closes");
        if let Err(panic) = walked {
            std::panic::resume_unwind(panic);
        }
    }

    /// Opens the window, takes the steps, and then the program is gone as in a power cut.
    pub async fn cut_short(name: &'static str, arguments: &[&str], steps: impl AsyncFnOnce(&Self)) {
        let window = Self::open(name, arguments).await;
        let walked = AssertUnwindSafe(steps(&window)).catch_unwind().await;
        kill(arguments);
        // The driver finds nobody to close; it must only forget the session.
        let _ = window.client.close().await;
        if let Err(panic) = walked {
            std::panic::resume_unwind(panic);
        }
    }

    async fn open(name: &'static str, arguments: &[&str]) -> Self {
        let driver = std::env::var("CPIS_WEBDRIVER_URL")
            .expect("`cargo xtask e2e` starts a WebDriver (CPIS_WEBDRIVER_URL)");
        let pictures = std::env::var_os("CPIS_JOURNEY_DIR").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/journey"),
            PathBuf::from,
        );
        std::fs::create_dir_all(&pictures).unwrap();
        let options = json!({
            "webkitgtk:browserOptions": { "binary": program(), "args": arguments },
        });
        let Value::Object(capabilities) = options else {
            unreachable!("it is an object")
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver)
            .await
            .expect("the window opens");
        Self {
            client,
            pictures,
            name,
            taken: AtomicU32::new(0),
        }
    }

    /// Waits for the heading of a screen, takes a picture of it and prints it.
    pub async fn heading(&self, text: &str) {
        let heading = format!("//h1[normalize-space()={}]", quoted(text));
        self.find(&heading, text).await;
        self.picture().await;
    }

    /// The heading on the screen.
    pub async fn read_heading(&self) -> String {
        self.find("//h1", "a heading").await.text().await.unwrap()
    }

    /// Waits until the screen holds a text.
    pub async fn sees(&self, text: &str) {
        let anywhere = format!("//body//*[contains(normalize-space(), {})]", quoted(text));
        self.find(&anywhere, text).await;
    }

    /// Fills the field with a label.
    pub async fn fill(&self, label: &str, text: &str) {
        let label = quoted(label);
        let field = format!("//input[@id=//label[normalize-space()={label}]/@for]");
        let field = self.find(&field, &label).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses the radio button whose label begins with a text.
    pub async fn choose(&self, label: &str) {
        let label = quoted(label);
        let radio = format!(
            "//input[@type='radio'][@id=//label[starts-with(normalize-space(), {label})]/@for]"
        );
        self.find(&radio, &label).await.click().await.unwrap();
    }

    /// Chooses the radio button whose label or hint holds a text.
    pub async fn choose_with(&self, hint: &str) {
        let item = "contains(concat(' ', @class, ' '), ' nhsuk-radios__item ')";
        let radio = format!(
            "//div[{item}][contains(normalize-space(), {})]//input",
            quoted(hint)
        );
        self.find(&radio, hint).await.click().await.unwrap();
    }

    /// Presses the button, or follows the link, whose name begins with a text; one in the page
    /// before one around it.
    pub async fn press(&self, name: &str) {
        let is_it = format!(
            "[self::button or self::a][starts-with(normalize-space(), {})]",
            quoted(name)
        );
        let button = format!("//*{is_it}[ancestor::main or not(//main//*{is_it})]");
        let button = self.find(&button, name).await;
        // The driver takes what lies under the bar at the lower edge for what can be clicked.
        let scroll = "arguments[0].scrollIntoView({ block: 'center' })";
        let element = serde_json::to_value(&button).unwrap();
        self.client.execute(scroll, vec![element]).await.unwrap();
        button.click().await.unwrap();
    }

    /// The rows of the table with a caption, as texts.
    pub async fn rows(&self, caption: &str) -> Vec<String> {
        let rows = format!(
            "//table[contains(normalize-space(caption), {})]//tbody/tr",
            quoted(caption)
        );
        self.find(&rows, caption).await;
        let mut texts = Vec::new();
        for row in self.client.find_all(Locator::XPath(&rows)).await.unwrap() {
            texts.push(row.text().await.unwrap());
        }
        texts
    }

    /// The page as it stands, with all that it holds.
    pub async fn source(&self) -> String {
        self.client.source().await.unwrap()
    }

    /// Runs a script that ends by calling its last argument.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute_async(script, Vec::new()).await.unwrap()
    }

    /// Keeps a picture of the window. Two animation frames pass first, or it shows the past.
    pub async fn picture(&self) {
        let frames = "const done = arguments[arguments.length - 1]; \
                      requestAnimationFrame(() => requestAnimationFrame(() => done(1)))";
        self.run(frames).await;
        let number = self.taken.fetch_add(1, Ordering::Relaxed) + 1;
        let file = self.pictures.join(format!("{}-{number:02}.png", self.name));
        std::fs::write(file, self.client.screenshot().await.unwrap()).unwrap();
    }

    async fn find(&self, path: &str, sought: &str) -> Element {
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .every(EVERY)
            .for_element(Locator::XPath(path))
            .await;
        match found {
            Ok(element) => element,
            Err(error) => {
                self.picture().await;
                let text = self.client.find(Locator::Css("body")).await.unwrap();
                let text = text.text().await.unwrap();
                panic!("looked for {sought} ({path}): {error}; the screen says:\n{text}");
            }
        }
    }
}

/// Kills the program that was started with these arguments, which leaves it no time for anything.
fn kill(arguments: &[&str]) {
    let with_them = |process: &std::fs::DirEntry| {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
        let is_ours = words.first().is_some_and(|first| {
            first.ends_with(program().file_name().unwrap_or_default().as_encoded_bytes())
        });
        is_ours && arguments.iter().all(|a| words.contains(&a.as_bytes()))
    };
    for process in std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(with_them)
    {
        let killed = Command::new("kill")
            .arg("-9")
            .arg(process.file_name())
            .status();
        assert!(killed.unwrap().success());
    }
}

/// A text as XPath writes it. The texts here hold no double quotes.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
