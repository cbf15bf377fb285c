import { expect, test } from "vitest";
import type { ShownClinicAnswer } from "../../bindings/ShownClinicAnswer";
import { rowAnswer } from "./answer";

const NOW = "2026-11-22T09:12:00+00:00";
const checked = (answer: ShownClinicAnswer | null, rest = {}) => ({
  kind: "checked" as const,
  at: "2026-11-22T09:02:00+00:00",
  answer,
  stale: false,
  ...rest,
});
const nothing = checked({ kind: "nothing" });

test("nothing found is said only while it is fresh and the service is there", () => {
  const unsure = { text: "Not checked since 09:02", doubtful: true };
  expect(rowAnswer(nothing, false, NOW)).toEqual({ text: "Nothing found", doubtful: false });
  expect(rowAnswer(nothing, true, NOW)).toEqual(unsure);
  expect(rowAnswer({ ...nothing, stale: true }, false, NOW)).toEqual(unsure);
});

test("an answer of another day names the day", () => {
  const earlier = { ...nothing, at: "2026-11-21T15:40:00+00:00", stale: true };
  expect(rowAnswer(earlier, false, NOW).text).toBe("Not checked since 21 November 2026 at 15:40");
});

test("a record stays one however old it is, and what is not there is not said", () => {
  const record = checked({ kind: "record", current: 1, ended: 0 }, { stale: true });
  expect(rowAnswer(record, true, NOW)).toEqual({ text: "Record found", doubtful: false });
  expect(rowAnswer(checked(null), true, NOW)).toEqual({ text: null, doubtful: false });
});
