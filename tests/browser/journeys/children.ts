import { listChildren } from "./programs";

/** A made-up child of the training backend. */
export interface Child {
  /** Ten digits. */
  nhsNumber: string;
  day: string;
  month: string;
  year: string;
  /** Given names and family name. */
  name: string;
  family: string;
}

const LINE = /^(\d{3} \d{3} \d{4}) +(\d{2}) (\d{2}) (\d{4}) +(\S.*?) {2,}(.+)$/;

let known: Map<string, Child[]> | null = null;

/** The children of each case, in the order of the list. */
function cases(): Map<string, Child[]> {
  if (known !== null) return known;
  known = new Map();
  for (const line of listChildren().split("\n")) {
    const parts = LINE.exec(line);
    if (parts === null) continue;
    const [, number = "", day = "", month = "", year = "", name = "", words = ""] = parts;
    const nhsNumber = number.replaceAll(" ", "");
    const family = name.split(" ").at(-1) ?? "";
    const others = known.get(words) ?? [];
    known.set(words, [...others, { nhsNumber, day, month, year, name, family }]);
  }
  return known;
}

/** The children of a case; the case as the training backend words it. */
export function children(words: string): Child[] {
  const found = cases().get(words);
  if (!found) throw new Error(`no child for "${words}"`);
  return found;
}

/** The first child of a case. */
export function child(words: string): Child {
  return children(words)[0]!;
}

/** A well-formed NHS number that nobody has. */
export function unusedNumber(): string {
  const used = new Set([...cases().values()].flat().map(({ nhsNumber }) => nhsNumber));
  for (let number = 999_999_999; ; number -= 1) {
    const digits = [...String(number)].map(Number);
    const sum = digits.reduce((total, digit, place) => total + digit * (10 - place), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check < 10 && !used.has(`${number}${check}`)) return `${number}${check}`;
  }
}

/** "999 000 0018" for ten digits. */
export function spaced(nhsNumber: string): string {
  return nhsNumber.replace(/^(...)(...)(....)$/, "$1 $2 $3");
}
