//! What the desktop around the window knows: its title and place, the clipboard, and what went on paper.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// How long the desktop may take to follow the window.
const PATIENCE: Duration = Duration::from_secs(20);
const EVERY: Duration = Duration::from_millis(50);

/// Left edge, top edge, width and height in pixels.
pub type Place = (i32, i32, u32, u32);

/// The titles and places of the program's windows.
pub fn windows() -> Vec<(String, Place)> {
    let tree = said("xwininfo", &["-root", "-tree"]);
    tree.lines().filter_map(window).collect()
}

/// Waits until the program's only window has a title.
pub async fn titled(title: &str) {
    until(title, || windows().iter().any(|(has, _)| has == title)).await;
}

/// A line of `xwininfo`: `0x600003 "Title": ("cpis-desktop" "Cpis-desktop")  1180x860+0+0  +50+20`. GTK
/// keeps further windows of one pixel that nobody sees.
fn window(line: &str) -> Option<(String, Place)> {
    let (title, rest) = line
        .split_once('"')?
        .1
        .split_once("\": (\"cpis-desktop\"")?;
    let mut words = rest.split_whitespace().skip(1);
    let (size, place) = (words.next()?, words.next()?);
    let (width, height) = size.split('+').next()?.split_once('x')?;
    let (x, y) = place.trim_start_matches('+').split_once('+')?;
    let (width, height) = (width.parse().ok()?, height.parse().ok()?);
    let place = (x.parse().ok()?, y.parse().ok()?, width, height);
    (width > 200).then(|| (title.to_owned(), place))
}

/// The clipboard as a program asks for it that wants this form; `None` where there is none.
pub fn clipboard(form: &str) -> Option<String> {
    let arguments = ["-selection", "clipboard", "-out", "-target", form];
    let output = Command::new("xclip").args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    output.status.success().then(|| text.trim_end().to_owned())
}

/// Waits for what was printed, reads its words and takes it away.
pub async fn paper() -> String {
    let file = PathBuf::from(std::env::var_os("CPIS_PRINT_FILE").unwrap());
    until("something on paper", || file.exists()).await;
    let text = said("pdftotext", &["-layout", file.to_str().unwrap(), "-"]);
    nothing_is_cut_off(&said("pdftotext", &["-bbox", file.to_str().unwrap(), "-"]));
    let first = ["-png", "-r", "60", "-singlefile", file.to_str().unwrap()];
    let picture = crate::window::pictures().join(format!("paper-{:02}", printed()));
    let drawn = Command::new("pdftoppm").args(first).arg(picture).status();
    assert!(drawn.unwrap().success());
    std::fs::remove_file(file).unwrap();
    text
}

/// Every word lies within the margins of A4 that GTK's printers have, a quarter of an inch, in points.
fn nothing_is_cut_off(boxes: &str) {
    let edge = |line: &str, name: &str| {
        let from = line.split_once(name)?.1.split('"').nth(1)?;
        from.parse::<f64>().ok()
    };
    let words = boxes.lines().filter(|line| line.contains("<word"));
    let mut read = 0;
    for word in words {
        let (left, right) = (edge(word, "xMin").unwrap(), edge(word, "xMax").unwrap());
        assert!(left >= 18.0 && right <= 595.0 - 18.0, "cut off: {word}");
        read += 1;
    }
    assert!(read > 0, "there are words");
}

/// How many prints there have been, with this one.
fn printed() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PRINTED: AtomicU32 = AtomicU32::new(0);
    PRINTED.fetch_add(1, Ordering::Relaxed) + 1
}

/// Waits until something is so.
pub async fn until(what: &str, is_so: impl Fn() -> bool) {
    let so = async {
        while !is_so() {
            tokio::time::sleep(EVERY).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, so).await;
    assert!(
        waited.is_ok(),
        "waited for {what}; windows: {:?}",
        windows()
    );
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
