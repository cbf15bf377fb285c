import { expect, test } from "vitest";
import { birthError, fieldError, formErrors } from "./errors";

test("each fault is said once, in the order of the form", () => {
  expect(
    formErrors([
      { field: "family", code: "family-missing" },
      { field: "month", code: "month-missing" },
      { field: "year", code: "year-missing" },
      { field: "postcode", code: "postcode-form" },
    ]),
  ).toEqual([
    { text: "Enter the last name", field: "family" },
    { text: "The date of birth must include a month and a year", field: "birth-month" },
    { text: "Enter a whole postcode, like LS1 6AE, or leave it empty", field: "postcode" },
  ]);
});

test("a fault of the whole date marks all its parts", () => {
  const faults = [{ field: "day", code: "birth-date-not-real" } as const];
  expect(birthError(faults).wrong).toEqual(["day", "month", "year"]);
  expect(birthError([{ field: "year", code: "year-digits" }]).wrong).toEqual(["year"]);
  expect(birthError([])).toEqual({ text: undefined, wrong: [] });
});

test("a fault stands at its own field only", () => {
  const faults = [{ field: "given", code: "given-characters" } as const];
  expect(fieldError(faults, "given")).toMatch(/ in the first name$/);
  expect(fieldError(faults, "family")).toBeUndefined();
});
