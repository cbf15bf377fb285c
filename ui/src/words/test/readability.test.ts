import { fleschKincaid } from "flesch-kincaid";
import { mkdirSync, writeFileSync } from "node:fs";
import { syllable } from "syllable";
import { expect, test } from "vitest";
import { catalogue } from "./catalogue";

/**
 * The grade of a text by Flesch and Kincaid (Derivation of New Readability Formulas for Navy
 * Enlisted Personnel, 1975): the year of an American school whose pupils understand it. A pupil of
 * grade 6 is 11 to 12 years old, so up to 7.0 a text asks for no more than a reading age of 12.
 */
const HIGHEST = 7;

/** Shorter ones are names of things: headings, labels, buttons. */
const FEWEST_WORDS = 5;

/** Counting syllables on a busy machine takes its time (milliseconds). */
const PATIENCE = 60_000;

const CERTIFICATE = "names the certificate: the word that the IT department needs";

/** Texts that are harder to read, each with the reason why it stays. */
const HARDER: Record<string, string> = {
  "Child Protection Information Previously Viewed By": "a name that does not change",
  "No child protection information found": "a name that does not change",
  "At other times (emergency duty team)": "the name of the team, as records give it",
  "Child Protection - Information Sharing. Local authorities share which children have a plan or are looked after.":
    "says what the letters CP-IS stand for",
  "Female genital mutilation (FGM) flag": "the name of the flag",
  "CP-IS Check is already open": "five short words but one",
  "It belongs to an organisation other than the one of this computer.":
    "calls an organisation what the card calls it",
  "The service's certificate has been withdrawn": CERTIFICATE,
  "The clock of this computer or the service's certificate is wrong": CERTIFICATE,
};

/** The grade of one text. A colon ends a sentence, as it did for Flesch. */
function grade(text: string): number {
  const sentences = text.split(/[.!?:;]+(?:\s+|$)/).filter(Boolean).length;
  const words = wordsOf(text).length;
  return fleschKincaid({ sentence: sentences, word: words, syllable: syllable(text) });
}

const wordsOf = (text: string) => text.match(/[A-Za-z0-9][A-Za-z0-9'’-]*/g) ?? [];

test("every instruction can be read at the age of 12", { timeout: PATIENCE }, () => {
  const instructions = catalogue()
    .filter(({ text }) => wordsOf(text).length >= FEWEST_WORDS)
    .map((entry) => ({ ...entry, grade: Math.round(grade(entry.text) * 10) / 10 }));
  const harder = instructions.filter((one) => one.grade > HIGHEST);
  expect(
    harder
      .filter(({ text }) => !(text in HARDER))
      .map((one) => `${one.grade} ${one.file}: ${one.text}`),
  ).toEqual([]);
  // An exception that is no longer needed goes.
  const needed = new Set(harder.map(({ text }) => text));
  expect(Object.keys(HARDER).filter((text) => !needed.has(text))).toEqual([]);

  const mean = instructions.reduce((sum, one) => sum + one.grade, 0) / instructions.length;
  const report = {
    instructions: instructions.length,
    highest: HIGHEST,
    mean: Math.round(mean * 10) / 10,
    harder: Object.entries(HARDER).map(([text, why]) => ({
      text,
      why,
      grade: instructions.find((one) => one.text === text)?.grade,
    })),
  };
  mkdirSync("../target/accessibility", { recursive: true });
  writeFileSync("../target/accessibility/words.json", JSON.stringify(report));
  console.log(
    `words: ${report.instructions} instructions, mean grade ${report.mean}, ${report.harder.length} above ${HIGHEST} with a reason`,
  );
});

test("the formula agrees with its own examples", () => {
  // A sentence of one-syllable words, and one of long ones.
  expect(grade("The cat sat on the mat.")).toBeCloseTo(-1.45, 1);
  expect(grade("Institutional documentation necessitates interpretation.")).toBeGreaterThan(25);
  expect(grade("Stop. Go. Wait.")).toBeLessThan(grade("Stop go wait"));
});
