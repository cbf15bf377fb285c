import { expect, test } from "vitest";
import {
  ageInWords,
  born,
  count,
  date,
  dayAndTime,
  nhsNumber,
  personName,
  tidyNhsNumber,
  time,
} from "./format";

const age = (years: number, months = 0, days = 0) => ({ years, months, days });

test("a date of birth is written in full, with the age", () => {
  expect(born("2018-08-06", age(8, 3, 16))).toBe("6 August 2018 (aged 8 years)");
  expect(date("2026-12-31")).toBe("31 December 2026");
  expect(date("2026-01-01")).toBe("1 January 2026");
});

test("a date that is not one is shown as it came", () => {
  expect(date("2026-13-01")).toBe("2026-13-01");
  expect(date("unknown")).toBe("unknown");
});

test("an age under 2 years is in months, under 4 weeks in days", () => {
  expect(ageInWords(age(2))).toBe("2 years");
  expect(ageInWords(age(1, 11, 30))).toBe("23 months");
  expect(ageInWords(age(0, 1))).toBe("1 month");
  expect(ageInWords(age(0, 0, 30))).toBe("4 weeks");
  expect(ageInWords(age(0, 0, 28))).toBe("4 weeks");
  expect(ageInWords(age(0, 0, 27))).toBe("27 days");
  expect(ageInWords(age(0, 0, 1))).toBe("1 day");
  expect(ageInWords(age(0))).toBe("0 days");
});

test("times are those of England, in 24 hours", () => {
  expect(time("2026-11-22T09:12:40+00:00")).toBe("09:12");
  expect(time("2026-11-22T00:05:00Z")).toBe("00:05");
  // Summer: an hour ahead of UTC, whatever the offset it came with.
  expect(time("2026-07-01T23:30:00Z")).toBe("00:30");
  expect(dayAndTime("2026-07-01T23:30:00Z")).toBe("2 July 2026 at 00:30");
  expect(dayAndTime("2026-07-02T00:30:00+01:00")).toBe("2 July 2026 at 00:30");
});

test("an NHS number is written 3-3-4", () => {
  expect(nhsNumber("9990000018")).toBe("999 000 0018");
});

test("what was typed is tidied only when it is ten digits", () => {
  expect(tidyNhsNumber("9990000018")).toBe("999 000 0018");
  expect(tidyNhsNumber(" 999-000-0018 ")).toBe("999 000 0018");
  expect(tidyNhsNumber("99900000")).toBe("99900000");
  expect(tidyNhsNumber("QQ123456C")).toBe("QQ123456C");
  expect(tidyNhsNumber("")).toBe("");
});

test("a name has the family name first, in capitals", () => {
  expect(personName("Smith", ["Jodie", "Ann"])).toBe("SMITH, Jodie Ann");
  expect(personName("Smith", [])).toBe("SMITH");
  expect(personName(null, ["Jodie"])).toBe("Jodie");
  expect(personName(null, [])).toBe("Not known");
});

test("one of something is not plural", () => {
  expect(count(1, "record")).toBe("1 record");
  expect(count(2, "record")).toBe("2 records");
  expect(count(0, "record")).toBe("0 records");
});
