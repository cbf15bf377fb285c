import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { spokenByScript, spokenBySvelte } from "./speech";

/** Texts outside the catalogue that no person reads or hears, each with the reason. */
const NOT_SPOKEN: Record<string, string> = {
  "Europe/London": "the name of a time zone",
  "CP-IS Check": "the title until the program is drawn",
  "The program did not answer.": "an error of the seam; the window then has words of its own",
  "…-hint …-error": "ids",
  ArrowLeft: "the name of a key, for the program",
  Enter: "the name of a key, for the program",
  "result …": "the name of a screen, for the program",
  "find …": "the name of a screen, for the program",
  "note …": "the name of a screen, for the program",
  "notice … …": "the name of a screen, for the program",
};

/** Reading every file on a busy machine takes its time (milliseconds). */
const PATIENCE = 60_000;

/** The files of the screen outside the catalogue. */
const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => /\.(svelte|ts)$/.test(name))
  .filter((name) => !/\.test\.ts$|(^|\/)test\/|^(words|bindings)\//.test(name))
  .filter((name) => name !== "test-views.ts");

test(
  "nothing outside the catalogue speaks to people",
  () => {
    expect(files.length).toBeGreaterThan(50);
    const spoken = files.flatMap((name) => {
      const source = readFileSync(`src/${name}`, "utf8");
      const said = name.endsWith(".svelte") ? spokenBySvelte(source) : spokenByScript(source);
      return said.filter((text) => !(text in NOT_SPOKEN)).map((text) => `${name}: ${text}`);
    });
    expect(spoken).toEqual([]);
  },
  PATIENCE,
);

/** Words for people that stand in Rust, outside the catalogue: where, and why they must. */
const IN_RUST: [file: string, text: string, why: string][] = [
  ["src/words.rs", "to send", "the title, the menu bar and notifications, which have no screen"],
  ["crates/client/src/browser/page.html", "You can close this page.", "a page of the browser"],
  [
    "crates/client/src/policy/written.rs",
    "is empty",
    "for the IT department: names the key of a file",
  ],
  ["crates/client/src/policy/contacts.rs", "telephone", "for the IT department, as above"],
  ["src/verification.rs", "exit", "the report of a command, without a window"],
  ["src/workstation.rs", "key", "the answer of a command, without a window"],
  ["crates/training/src/population/case.rs", "Nothing held", "the list that cpis-training prints"],
  ["crates/training/src/population/staff.rs", "Dental nurse", "the cards that cpis-training lists"],
];

test.each(IN_RUST)("%s holds words of its own: %s (%s)", (file, text) => {
  // One that goes is taken off the list.
  expect(readFileSync(`../src-tauri/${file}`, "utf8")).toContain(text);
});

test("what the screen says of made-up people and cards comes as a code", () => {
  for (const name of ["PracticeChild", "Card"]) {
    const type = readFileSync(`src/bindings/${name}.ts`, "utf8");
    expect(type).not.toMatch(/description/);
    expect(type).toMatch(/case: PracticeCase|purpose: PracticeCardPurpose/);
  }
});

test("the page itself has no text but its title", () => {
  const page = readFileSync("index.html", "utf8");
  const words = page.replace(/<[^>]*>/g, " ").trim();
  expect(words in NOT_SPOKEN, words).toBe(true);
});

test.each([
  ["text", "<p>Sign in</p>"],
  ["a word between values", "{a} Records {b}"],
  ["a name", '<button aria-label="Close"></button>'],
  ["a name in an expression", '<button aria-label={open ? "Close" : "Open"}></button>'],
  ["a property of a component", '<Button text="Save it" />'],
  ["a choice", '{#if a}{b ? "Not known" : ""}{/if}'],
  ["a template", "{`${n} things to do`}"],
  ["a list", '{#each ["First one"] as one}{one}{/each}'],
  ["a snippet", "{#snippet more()}<b>More</b>{/snippet}"],
  ["the script", '<script lang="ts">const heading: string = "To send";</script>'],
  ["a noun to count", '<p>{count(3, "record")}</p>'],
  ["a title", "<svelte:head><title>Result</title></svelte:head>"],
])("%s would be found", (_, source) => {
  expect(spokenBySvelte(source)).not.toEqual([]);
});

test.each([
  ["classes", '<p class={["nhsuk-body", a && "app-quiet app-lead"]}></p>'],
  ["words of the catalogue", "<p>{FIND.heading}</p>"],
  ["codes", '<script lang="ts">if (a === "not-known") b = "record";</script>'],
  ["types", '<script lang="ts">let a: "To send" | null = null;</script>'],
  ["errors of the program", '<script lang="ts">throw new Error("never two at once");</script>'],
])("%s are no text", (_, source) => {
  expect(spokenBySvelte(source)).toEqual([]);
});
