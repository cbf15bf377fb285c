//! Driving the real window through WebKitWebDriver.

use crate::desktop;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use futures_util::FutureExt;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::ffi::OsString;
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

/// Where the pictures of the journeys go.
pub fn pictures() -> PathBuf {
    std::env::var_os("CPIS_JOURNEY_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/journey"),
        PathBuf::from,
    )
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

    /// Opens the window, takes the steps, and closes it as a person does, so that the program ends by itself.
    pub async fn closed(name: &'static str, arguments: &[&str], steps: impl AsyncFnOnce(&Self)) {
        let window = Self::open(name, arguments).await;
        let walked = AssertUnwindSafe(steps(&window)).catch_unwind().await;
        if walked.is_ok() {
            let close = "window.__TAURI_INTERNALS__.invoke('close')";
            // The page may be gone before it can say that it ran this.
            let _ = window.client.execute(close, Vec::new()).await;
            desktop::until("the end of the program", || running(arguments).is_empty()).await;
        }
        // The driver finds nobody to close; it must only forget the session.
        let _ = window.client.close().await;
        if let Err(panic) = walked {
            std::panic::resume_unwind(panic);
        }
    }

    async fn open(name: &'static str, arguments: &[&str]) -> Self {
        let driver = std::env::var("CPIS_WEBDRIVER_URL")
            .expect("`cargo xtask e2e` starts a WebDriver (CPIS_WEBDRIVER_URL)");
        let pictures = pictures();
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

    /// Waits for a heading that begins with a text, takes a picture of it and prints it.
    pub async fn heading_begins(&self, text: &str) {
        let heading = format!("//h1[starts-with(normalize-space(), {})]", quoted(text));
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

    /// Puts a text into the large field with a label at once, as pasting does.
    pub async fn paste(&self, label: &str, text: &str) {
        let label = quoted(label);
        let field = format!("//textarea[@id=//label[normalize-space()={label}]/@for]");
        let field = serde_json::to_value(self.find(&field, &label).await).unwrap();
        let paste = "arguments[0].focus(); arguments[0].select();
            document.execCommand('insertText', false, arguments[1])";
        let arguments = vec![field, text.into()];
        self.client.execute(paste, arguments).await.unwrap();
    }

    /// Presses keys wherever the focus is: `modifiers` are held while `key` goes down and up.
    pub async fn keys(&self, modifiers: &[Key], key: char) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for modifier in modifiers {
            let value = char::from(*modifier);
            actions = actions.then(KeyAction::Down { value });
        }
        actions = actions
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        for modifier in modifiers {
            let value = char::from(*modifier);
            actions = actions.then(KeyAction::Up { value });
        }
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Asks for a place and size of the window, and waits until it has them.
    pub async fn moves_to(&self, place: desktop::Place) {
        let (x, y, width, height) = place;
        let position = (x.try_into().unwrap(), y.try_into().unwrap());
        let moved = self
            .client
            .set_window_rect(position.0, position.1, width, height);
        moved.await.unwrap();
        let is_there = || desktop::windows().iter().any(|(_, at)| *at == place);
        desktop::until("the window at its new place", is_there).await;
    }

    /// Presses a button in the row of the table that holds a text.
    pub async fn press_in_row(&self, row: &str, name: &str) {
        let button = format!(
            "//tr[contains(normalize-space(), {})]//button[starts-with(normalize-space(), {})]",
            quoted(row),
            quoted(name)
        );
        let button = self.find(&button, name).await;
        self.click(&button).await;
    }

    /// Waits until the row of the table that holds a text holds another one too.
    pub async fn row_says(&self, row: &str, text: &str) {
        let says = format!(
            "//tr[contains(normalize-space(), {})][contains(normalize-space(), {})]",
            quoted(row),
            quoted(text)
        );
        self.find(&says, text).await;
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
        self.click(&button).await;
    }

    async fn click(&self, button: &Element) {
        // The driver takes what lies under the bar at the lower edge for what can be clicked.
        let scroll = "arguments[0].scrollIntoView({ block: 'center' })";
        let element = serde_json::to_value(button).unwrap();
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

    /// Keeps a picture for README.md (`cargo xtask pictures`).
    pub async fn picture_for_readme(&self, name: &str) {
        self.picture().await;
        let last = self.taken.load(Ordering::Relaxed);
        let taken = self.pictures.join(format!("{}-{last:02}.png", self.name));
        std::fs::copy(taken, self.pictures.join(format!("readme-{name}.png"))).unwrap();
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
    for process in running(arguments) {
        let killed = Command::new("kill").arg("-9").arg(process).status();
        assert!(killed.unwrap().success());
    }
}

/// The numbers of the processes that were started with these arguments.
fn running(arguments: &[&str]) -> Vec<OsString> {
    let with_them = |process: &std::fs::DirEntry| {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
        let is_ours = words.first().is_some_and(|first| {
            first.ends_with(program().file_name().unwrap_or_default().as_encoded_bytes())
        });
        is_ours && arguments.iter().all(|a| words.contains(&a.as_bytes()))
    };
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter(with_them)
        .map(|process| process.file_name())
        .collect()
}

/// A text as XPath writes it. The texts here hold no double quotes.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
