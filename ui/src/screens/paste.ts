/** An NHS number and a date of birth, as text for the fields of the form. */
export interface Pasted {
  nhsNumber: string;
  day: string;
  month: string;
  year: string;
}

const NHS_NUMBER = /(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)/;
const DAY_FIRST = /(?<!\d)(\d{1,2})[ ./-](\d{1,2}|[a-z]{3,9})[ ./-](\d{4})(?!\d)/i;
const YEAR_FIRST = /(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)/;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * Reads an NHS number and a date of birth out of one piece of text, such as a line of a clinic
 * list. `null` unless both are there; the program validates them as if they had been typed.
 */
export function readPasted(text: string): Pasted | null {
  const number = NHS_NUMBER.exec(text)?.[0];
  if (number === undefined) return null;
  const rest = text.replace(number, " | ");

  const yearFirst = YEAR_FIRST.exec(rest);
  if (yearFirst) {
    const [, year = "", month = "", day = ""] = yearFirst;
    return { nhsNumber: number, day, month, year };
  }
  const dayFirst = DAY_FIRST.exec(rest);
  if (!dayFirst) return null;
  const [, day = "", month = "", year = ""] = dayFirst;
  const named = MONTHS.indexOf(month.slice(0, 3).toLowerCase());
  if (/^[a-z]/i.test(month) && named < 0) return null;
  return { nhsNumber: number, day, month: named < 0 ? month : String(named + 1), year };
}
