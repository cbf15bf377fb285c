import { expect, test } from "vitest";
import type { ShownFinding } from "../../bindings/ShownFinding";
import type { ShownPlan } from "../../bindings/ShownPlan";
import type { ShownPlanKind } from "../../bindings/ShownPlanKind";
import { contacts, headline } from "./finding";

const plan = (kind: ShownPlanKind, rest: Partial<ShownPlan> = {}): ShownPlan => ({
  plan: kind,
  start: null,
  end: null,
  authority: "Northmoor Borough Council",
  authorityCode: null,
  officeHours: "01632 960111",
  emergencyDuty: "01632 960222",
  lastUpdated: null,
  ...rest,
});
const protection = plan({ type: "child-protection" });
const record = (current: ShownPlan[], ended: ShownPlan[] = []): ShownFinding => ({
  kind: "record",
  current,
  ended,
});

test("one record in place is named", () => {
  expect(headline(record([protection])).heading).toBe("Child protection plan in place");
  expect(headline(record([plan({ type: "unborn-child" })])).heading).toBe(
    "Unborn child protection plan in place",
  );
  expect(headline(record([plan({ type: "looked-after" })])).heading).toBe("Looked after child");
});

test("a kind that is not known is shown with its words and its code", () => {
  const words = plan({ type: "other", code: "123", display: "Care order" });
  expect(headline(record([words])).heading).toBe("Care order (code 123) in place");
  const bare = plan({ type: "other", code: "123", display: null });
  expect(headline(record([bare])).heading).toContain("123");
});

test("several records in place are counted; ended ones do not count", () => {
  expect(headline(record([protection, protection])).heading).toBe("2 records found");
  expect(headline(record([protection], [protection])).heading).toBe(
    "Child protection plan in place",
  );
  const ended = plan({ type: "child-protection" }, { end: "2026-05-03" });
  expect(headline(record([], [ended]))).toEqual({
    tone: "ended",
    heading: "Plan ended",
    detail: ["Child protection plan, ended 3 May 2026"],
  });
});

test("records that the heading does not name are named beside it", () => {
  const ended = plan({ type: "unborn-child" });
  expect(headline(record([protection, plan({ type: "looked-after" })], [ended])).detail).toEqual([
    "Child protection plan",
    "Looked after child",
    "Unborn child protection plan, ended",
  ]);
});

test("nothing found is said for that answer alone", () => {
  expect(headline({ kind: "nothing" })).toEqual({
    tone: "nothing",
    heading: "No child protection information found",
    detail: [],
  });
  const notChecked: ShownFinding = { kind: "not-checked", cause: "unreachable", reason: null };
  expect(headline(notChecked)).toMatchObject({ tone: "not-checked", heading: "Not checked" });
  expect(headline(record([])), "a record answer without a record").toMatchObject({
    tone: "not-checked",
    heading: "Not checked",
  });
});

test("each authority is named once, with the numbers of each record", () => {
  const other = { authority: "Southfen County Council", officeHours: "01632 960333" };
  expect(
    contacts([protection, protection, plan({ type: "looked-after" }, other)]).map(
      ({ authority }) => authority,
    ),
  ).toEqual(["Northmoor Borough Council", "Southfen County Council"]);
});
