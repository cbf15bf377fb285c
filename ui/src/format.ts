import type { ShownAge } from "./bindings/ShownAge";
import { aged, at, days, MONTHS, months, NOT_KNOWN, weeks, years } from "./words/values";

export { count } from "./words/values";

/**
 * How dates, times and numbers are written. Dates and times are those of England, whatever the
 * computer's time zone says.
 */
const ZONE = "Europe/London";

const DAY_FORMAT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: ZONE,
});

const TIME_FORMAT = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: ZONE,
});

// The Swedish way to write a date is that of ISO 8601.
const ISO_FORMAT = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE });

/** "6 August 2018" for an ISO 8601 date. A date has no time zone, so none is used. */
export function date(iso: string): string {
  const [year, month, day] = iso.split("-").map(Number);
  const name = MONTHS[(month ?? 0) - 1];
  if (name === undefined || !day || !year) return iso;
  return `${day} ${name} ${year}`;
}

/** "6 August 2018" for a moment (RFC 3339). */
export function dayOf(moment: string): string {
  return DAY_FORMAT.format(new Date(moment));
}

/** "2026-11-22", the day of a moment (RFC 3339) as an ISO 8601 date. */
export function dayIn(moment: string): string {
  return ISO_FORMAT.format(new Date(moment));
}

/** "09:12" for a moment (RFC 3339). */
export function time(moment: string): string {
  return TIME_FORMAT.format(new Date(moment));
}

/** "6 August 2018 at 09:12" for a moment (RFC 3339). */
export function dayAndTime(moment: string): string {
  return at(dayOf(moment), time(moment));
}

/** "09:12" for a moment on the day of another, "6 August 2018 at 09:12" for one on another day. */
export function timeSeenFrom(moment: string, now: string): string {
  return dayIn(moment) === dayIn(now) ? time(moment) : dayAndTime(moment);
}

/** "6 August 2018 (aged 8 years)" for an ISO 8601 date and the age that goes with it. */
export function born(iso: string, age: ShownAge): string {
  return aged(date(iso), ageInWords(age));
}

/** An age in years; under 2 years in months; under 4 weeks in days. */
export function ageInWords(age: ShownAge): string {
  if (age.years >= 2) return years(age.years);
  const inMonths = age.years * 12 + age.months;
  if (inMonths > 0) return months(inMonths);
  // Between 4 weeks and the first completed month.
  return age.days >= 28 ? weeks(4) : days(age.days);
}

/** "999 000 0018" for ten digits. */
export function nhsNumber(digits: string): string {
  return digits.replace(/^(\d{3})(\d{3})(\d{4})$/, "$1 $2 $3");
}

/** What was typed, written 3-3-4 if it is ten digits; otherwise as it was typed. */
export function tidyNhsNumber(typed: string): string {
  const digits = typed.replace(/[\s\-.]/g, "");
  return /^\d{10}$/.test(digits) ? nhsNumber(digits) : typed;
}

/** "SMITH, Jodie Ann". */
export function personName(family: string | null, given: readonly string[]): string {
  const first = given.join(" ");
  if (family === null) return first || NOT_KNOWN;
  return first ? `${family.toUpperCase()}, ${first}` : family.toUpperCase();
}
