import { expect, test } from "vitest";
import type { ShownClinicChild } from "../../bindings/ShownClinicChild";
import type { ShownClinicState } from "../../bindings/ShownClinicState";
import { belongs, FILTERS } from "./filter";

const AT = "2026-11-22T09:02:00+00:00";

const child = (state: ShownClinicState, notBrought = false): ShownClinicChild => ({
  id: "child-1",
  time: null,
  initials: null,
  nhsNumber: "9990000018",
  birthDate: "2018-08-06",
  age: null,
  family: null,
  given: [],
  state,
  copy: null,
  saved: false,
  notBrought,
  notice: null,
});

test.each<[string, ShownClinicChild, string[]]>([
  ["to check", child({ kind: "to-check" }), ["all", "open"]],
  ["being checked", child({ kind: "checking" }), ["all", "open"]],
  [
    "checked",
    child({ kind: "checked", at: AT, answer: { kind: "nothing" }, stale: false }),
    ["all", "checked"],
  ],
  [
    "checked long ago",
    child({ kind: "checked", at: AT, answer: null, stale: true }),
    ["all", "checked"],
  ],
  ["not checked", child({ kind: "not-checked", at: AT, cause: "timed-out" }), ["all", "attention"]],
  ["to check, and not brought", child({ kind: "to-check" }, true), ["all"]],
  [
    "not checked, and not brought",
    child({ kind: "not-checked", at: AT, cause: "timed-out" }, true),
    ["all", "attention"],
  ],
])("a child who is %s stands where somebody looks for them", (_, one, filters) => {
  expect(FILTERS.filter((filter) => belongs(one, filter))).toEqual(filters);
});
