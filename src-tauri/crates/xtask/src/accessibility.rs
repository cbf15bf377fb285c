//! ACCESSIBILITY.md, written from what the last run of the tests noted, so that it says what was shown and
//! nothing else. What people must judge stands here in words, and says plainly that nobody has done it.

use crate::project;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What must stand in the document whatever a run showed.
const PARTS: &[&str] = &[
    "# Accessibility",
    "## How accessible it is",
    "## Known failures",
    "## What people have not tested",
    "## What machines tested",
    "## What axe could not judge",
    "## Keyboard journeys",
    "## Faults of the prescription tracker, absent here",
    "## What screen readers are told",
    "## Words",
    "## Actions",
    "## Every state",
];

/// Failures that are known, each with its criterion of WCAG 2.2.
const FAILURES: &[(&str, &str)] = &[
    (
        "4.1.3 Status messages",
        "The number of records that wait to be sent changes in the header and in the strip at the bottom without \
         being said.",
    ),
    (
        "1.4.11 Non-text contrast",
        "The Linux window (WebKitGTK) does not offer the colours that a person has forced on the system, so icons \
         and borders there keep ours.",
    ),
    (
        "1.4.10 Reflow",
        "At 400 % the header and the person's details come before the answer. The focus goes to the answer, so it \
         is scrolled to, but the person may not see both at once.",
    ),
];

/// What only people can judge, with the program that they would use.
const NOT_DONE: &[(&str, &str)] = &[
    ("NVDA with WebView2 (Windows)", "screen reader"),
    ("Narrator with WebView2 (Windows)", "screen reader"),
    ("VoiceOver with WKWebView (macOS)", "screen reader"),
    ("Orca with WebKitGTK (Linux)", "screen reader"),
    ("Dragon or Voice Access", "speech that steers the program"),
    ("Windows Magnifier", "magnified screen"),
    (
        "A switch, or the keyboard by people who need it",
        "other ways of input",
    ),
    (
        "Clinicians with access needs, at their own work",
        "whether the words and the order make sense",
    ),
];

/// Writes the document from the last run.
///
/// # Errors
/// When there was no whole run, or the file cannot be written.
pub fn write() -> Result<ExitCode, String> {
    let text = document()?;
    let path = path();
    std::fs::write(&path, text)
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    println!("{} written", path.display());
    Ok(ExitCode::SUCCESS)
}

/// What the run said in lines, to be shown under the step.
pub fn lines() -> Vec<String> {
    let run = noted("run").unwrap_or_default();
    texts(&run["lines"]).map(str::to_owned).collect()
}

/// Faults of the document after a whole run: it must be what the run shows.
///
/// # Errors
/// When the notes of the browser or the document are not there.
pub fn stale() -> Result<Vec<String>, String> {
    if noted("words").is_err() || noted("fixtures").is_err() {
        println!("  not compared: the tests of the screen have not run here");
        return Ok(Vec::new());
    }
    let shown = document()?;
    let kept = std::fs::read_to_string(path())
        .map_err(|error| format!("ACCESSIBILITY.md cannot be read: {error}"))?;
    let differs = shown
        .lines()
        .zip(kept.lines().chain(std::iter::repeat("(nothing)")))
        .find(|(shown, kept)| shown != kept);
    Ok(match differs {
        Some((shown, _)) => vec![format!(
            "ACCESSIBILITY.md is not what this run shows, first at \"{shown}\": cargo xtask accessibility"
        )],
        None if shown.lines().count() != kept.lines().count() => {
            vec![
                "ACCESSIBILITY.md says more than this run shows: cargo xtask accessibility"
                    .to_owned(),
            ]
        }
        None => Vec::new(),
    })
}

/// Parts that the document must have, run or no run, and has not.
pub fn missing_parts(sources: &[(String, String)]) -> Vec<String> {
    let Some((_, text)) = sources.iter().find(|(path, _)| path == "ACCESSIBILITY.md") else {
        return vec!["there is no ACCESSIBILITY.md".to_owned()];
    };
    let parts = PARTS.iter().map(|part| (*part).to_owned());
    let rows = NOT_DONE
        .iter()
        .map(|(what, _)| format!("| {what} |"))
        .chain(FAILURES.iter().map(|(what, _)| format!("| {what} |")));
    parts
        .chain(rows)
        .filter(|part| !text.lines().any(|line| line.starts_with(part.as_str())))
        .map(|part| format!("ACCESSIBILITY.md lacks \"{part}\""))
        .collect()
}

fn path() -> PathBuf {
    project::root().join("ACCESSIBILITY.md")
}

/// What the tests of the screen and of the browser noted.
fn noted(name: &str) -> Result<Value, String> {
    project::json(
        &project::root()
            .join("target/accessibility")
            .join(name)
            .with_extension("json"),
    )
}

fn document() -> Result<String, String> {
    let (run, words, fixtures) = (noted("run")?, noted("words")?, noted("fixtures")?);
    let mut text = String::new();
    // Writing to a text does not fail.
    let _ = introduction(&mut text)
        .and_then(|()| tested(&mut text, &run, &fixtures))
        .and_then(|()| lists(&mut text, &run))
        .and_then(|()| readability(&mut text, &words))
        .and_then(|()| counted(&mut text, &run))
        .and_then(|()| states(&mut text, &run));
    Ok(text)
}

fn introduction(text: &mut String) -> std::fmt::Result {
    writeln!(
        text,
        "{}\n\nWritten by `cargo xtask accessibility` from a run of `cargo xtask test`, which fails when the two differ.\n",
        PARTS[0]
    )?;
    writeln!(
        text,
        "{}\n\nCP-IS Check is built to meet WCAG 2.2 at level AA. Machines find no failure but those listed here. \
         Machines find fewer than half of the faults that people meet, and no person has tested this program with \
         the aids that they use. So we do not claim that it conforms: we say what was tested, and what was not.\n\n\
         To tell us of a fault: the contact is that of whoever gave you the program.\n",
        PARTS[1]
    )?;
    writeln!(
        text,
        "{}\n\n| criterion | what fails |\n|---|---|",
        PARTS[2]
    )?;
    for (criterion, what) in FAILURES {
        writeln!(text, "| {criterion} | {what} |")?;
    }
    writeln!(
        text,
        "\n{}\n\nNone of this has been done. It belongs before each release.\n\n| with | what it would show | done |\n|---|---|---|",
        PARTS[3]
    )?;
    for (with, what) in NOT_DONE {
        writeln!(text, "| {with} | {what} | no |")?;
    }
    writeln!(text)
}

fn tested(text: &mut String, run: &Value, fixtures: &Value) -> std::fmt::Result {
    let states = array(&run["states"]).len();
    let violations: u64 = array(&run["states"])
        .iter()
        .filter_map(|state| state["violations"].as_u64())
        .sum();
    let tags: Vec<&str> = texts(&run["tags"]).collect();
    writeln!(
        text,
        "{}\n\nIn Chromium, in the program's own window as it is served to a browser, on each of {states} states:\n\n\
         | what | how | result |\n|---|---|---|",
        PARTS[4]
    )?;
    let axe = run["axe"].as_str().unwrap_or_default();
    let rows = [
        (
            "rules".to_owned(),
            format!("axe {axe}, tags {}", tags.join(", ")),
            format!("{violations} violations"),
        ),
        row(
            "focus (2.4.3)",
            "after each change of screen it is on the heading, the first field or the summary of faults",
        ),
        row(
            "titles (2.4.2)",
            "each screen has its own; refused forms begin with \"Error:\"",
        ),
        row(
            "keyboard (2.1.1, 2.1.2)",
            "Tab goes through all of it, in the order of the eye, and comes to an end",
        ),
        row(
            "focus to be seen (2.4.7, 2.4.11)",
            "every stop looks different from before, and nothing lies over it",
        ),
        row(
            "reflow (1.4.10)",
            "320 by 256 CSS pixels, which is 1280 by 1024 at 400 %: nothing to the side, nothing cut off",
        ),
        row("spacing of text (1.4.12)", "the same, at both widths"),
        row(
            "forced colours, no motion",
            "every icon still differs from what lies behind it; nothing moves",
        ),
        row(
            "targets (2.5.8)",
            "24 by 24 CSS pixels or more, at both widths",
        ),
        row(
            "hints and faults (1.3.1, 3.3.1)",
            "each is tied to its field",
        ),
        row(
            "live regions (4.1.3)",
            "a refused form is said at once; other news in a pause, at most once",
        ),
    ];
    for (what, how, result) in rows {
        writeln!(text, "| {what} | {how} | {result} |")?;
    }
    writeln!(
        text,
        "\nOn some states also: each status has words and a shape of its own without colour ({}); choices and buttons keep their \
         contrast under the pointer and in focus.\n",
        run["grey"]
            .as_object()
            .map(|statuses| statuses.keys().cloned().collect::<Vec<_>>().join(", "))
            .unwrap_or_default()
    )?;
    writeln!(
        text,
        "The markup of {} components is compared with {} examples that nhsuk-frontend {} publishes: difference 0, after {} \
         changes that the test names.\n",
        fixtures["components"],
        fixtures["examples"],
        text_of(&fixtures["release"]),
        fixtures["named"]
    )
}

fn row(what: &str, how: &str) -> (String, String, String) {
    (what.to_owned(), how.to_owned(), "holds".to_owned())
}

fn lists(text: &mut String, run: &Value) -> std::fmt::Result {
    writeln!(
        text,
        "{}\n\nNever counted as held. Each was looked at.\n\n| rule | why it holds | states |\n|---|---|---|",
        PARTS[5]
    )?;
    let mut unsure: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for one in array(&run["unsure"]) {
        let states = unsure
            .entry((text_of(&one["rule"]), text_of(&one["why"])))
            .or_default();
        let state = text_of(&one["state"]);
        if !states.contains(&state) {
            states.push(state);
        }
    }
    for ((rule, why), states) in unsure {
        writeln!(text, "| {rule} | {why} | {} |", states.join(", "))?;
    }
    writeln!(
        text,
        "\n{}\n\nThrough the real program, by presses of keys alone; at each step the focus is where it must be.\n\n| journey | way |\n|---|---|",
        PARTS[6]
    )?;
    for journey in array(&run["journeys"]) {
        writeln!(
            text,
            "| {} | {} |",
            text_of(&journey["name"]),
            text_of(&journey["what"])
        )?;
    }
    writeln!(
        text,
        "\n{}\n\nThe accessibility statement of another program for clinicians lists nine faults. Each has a test here.\n\n| criterion | fault |\n|---|---|",
        PARTS[7]
    )?;
    for fault in array(&run["faults"]) {
        writeln!(
            text,
            "| {} | {} |",
            text_of(&fault["criterion"]),
            text_of(&fault["fault"])
        )?;
    }
    writeln!(
        text,
        "\n{}\n\nBesides what has the focus, in their order.\n\n| when | what, and how |\n|---|---|",
        PARTS[8]
    )?;
    for transcript in array(&run["transcripts"]) {
        let said: Vec<String> = array(&transcript["value"])
            .iter()
            .map(|said| {
                let how = text_of(&said["politeness"]);
                format!("\"{}\" ({how})", text_of(&said["text"]))
            })
            .collect();
        let said = if said.is_empty() {
            "nothing".to_owned()
        } else {
            said.join("<br>")
        };
        let name = text_of(&transcript["name"]).replace('-', " ");
        writeln!(text, "| {name} | {said} |")?;
    }
    writeln!(text)
}

fn readability(text: &mut String, words: &Value) -> std::fmt::Result {
    writeln!(
        text,
        "{}\n\nAll words lie in one catalogue. Its {} instructions of five words or more have a mean grade of {} by Flesch and \
         Kincaid; grade {} is a reading age of 12. {} are harder and stay:\n\n| grade | words | why |\n|---|---|---|",
        PARTS[9],
        words["instructions"],
        words["mean"],
        words["highest"],
        array(&words["harder"]).len()
    )?;
    for one in array(&words["harder"]) {
        writeln!(
            text,
            "| {} | {} | {} |",
            one["grade"],
            text_of(&one["text"]),
            text_of(&one["why"])
        )?;
    }
    writeln!(text)
}

fn counted(text: &mut String, run: &Value) -> std::fmt::Result {
    writeln!(
        text,
        "{}\n\nDeliberate operations, such as filling in one field or one press of a button, counted by the journeys.\n\n| way | actions |\n|---|---|",
        PARTS[10]
    )?;
    for way in array(&run["actions"]) {
        let actions = if way["actions"].is_null() {
            "not counted".to_owned()
        } else {
            let names: Vec<&str> = texts(&way["actions"]).collect();
            let names_in_words = if names.is_empty() {
                String::new()
            } else {
                format!(": {}", names.join(", "))
            };
            format!("{}{names_in_words}", names.len())
        };
        writeln!(text, "| {} | {actions} |", text_of(&way["what"]))?;
    }
    writeln!(text)
}

fn states(text: &mut String, run: &Value) -> std::fmt::Result {
    let mut screens: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for state in array(&run["states"]) {
        screens
            .entry(text_of(&state["screen"]))
            .or_default()
            .push(state);
    }
    writeln!(
        text,
        "{}\n\n| screen | states | violations | names |\n|---|---|---|---|",
        PARTS[11]
    )?;
    for (screen, states) in screens {
        let violations: u64 = states
            .iter()
            .filter_map(|state| state["violations"].as_u64())
            .sum();
        let names: Vec<&str> = states.iter().map(|state| text_of(&state["name"])).collect();
        writeln!(
            text,
            "| {screen} | {} | {violations} | {} |",
            names.len(),
            names.join(", ")
        )?;
    }
    Ok(())
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    array(value).iter().filter_map(Value::as_str)
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Vec<(String, String)> {
        vec![("ACCESSIBILITY.md".to_owned(), text.to_owned())]
    }

    #[test]
    fn what_nobody_has_tested_cannot_be_left_out() {
        let mut text = String::new();
        introduction(&mut text).unwrap();
        for part in PARTS {
            writeln!(text, "{part}").unwrap();
        }
        assert!(missing_parts(&source(&text)).is_empty());

        let claimed = text.replace("| Orca with WebKitGTK (Linux) | screen reader | no |\n", "");
        assert_eq!(
            missing_parts(&source(&claimed)),
            ["ACCESSIBILITY.md lacks \"| Orca with WebKitGTK (Linux) |\""]
        );
        let hidden = text.replace("## Known failures", "## Notes");
        assert_eq!(
            missing_parts(&source(&hidden)),
            ["ACCESSIBILITY.md lacks \"## Known failures\""]
        );
        assert_eq!(missing_parts(&[]), ["there is no ACCESSIBILITY.md"]);
    }

    #[test]
    fn states_stand_under_their_screens() {
        let run = serde_json::json!({"states": [
            {"name": "find-empty", "screen": "find", "violations": 0},
            {"name": "help", "screen": "help", "violations": 0},
            {"name": "find-offline", "screen": "find", "violations": 2},
        ]});
        let mut text = String::new();
        states(&mut text, &run).unwrap();
        assert!(
            text.ends_with(
                "| find | 2 | 2 | find-empty, find-offline |\n| help | 1 | 0 | help |\n"
            )
        );
    }
}
