import { expect, test } from "vitest";
import { dateError, fieldError, formErrors } from "./errors";

test("missing parts of a date are one error, at the first of them", () => {
  const faults = [
    { field: "record", code: "record-missing" },
    { field: "day", code: "day-missing" },
    { field: "month", code: "month-missing" },
    { field: "callback", code: "callback-missing" },
  ] as const;
  expect(formErrors(faults)).toEqual([
    { text: "Choose which record is wrong", field: "record" },
    { text: "The date must include a day and a month", field: "date-day" },
    { text: "Enter a phone number to call you back", field: "callback" },
  ]);
  expect(dateError(faults).wrong).toEqual(["day", "month"]);
  expect(fieldError(faults, "callback")).toBe("Enter a phone number to call you back");
  expect(fieldError(faults, "code")).toBeUndefined();
});

test("a date that is wrong as a whole marks all its parts", () => {
  for (const code of ["date-not-real", "same-as-record", "date-future"] as const) {
    expect(dateError([{ field: "day", code }]).wrong).toEqual(["day", "month", "year"]);
  }
});
