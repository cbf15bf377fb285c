import { expect, test } from "vitest";
import type { ShownAccess } from "../../bindings/ShownAccess";
import type { ShownPlan } from "../../bindings/ShownPlan";
import { planPeriods, scale, viewLine, WIDTH } from "./timeline";

const plan = (start: string | null, end: string | null): ShownPlan => ({
  plan: { type: "child-protection" },
  start,
  end,
  authority: null,
  authorityCode: null,
  officeHours: null,
  emergencyDuty: null,
  lastUpdated: null,
});

const access = (at: string, you = false): ShownAccess => ({
  at,
  viewer: null,
  role: null,
  organisation: null,
  you,
});

test("a line runs from its first moment to its last, in proportion", () => {
  const place = scale(100, 300);
  expect([100, 150, 200, 300].map(place)).toEqual([0, 250, 500, 1000]);
  expect([0, 999].map(place), "nothing lies outside").toEqual([0, 1000]);
  expect(scale(100, 100)(100), "one moment").toBe(WIDTH);
});

test("periods are to scale and never outside the picture", () => {
  const periods = planPeriods(
    [plan("2026-11-12", null), plan("2026-11-02", "2026-11-07")],
    "2026-11-22",
  );
  expect(periods).toEqual({
    from: "2026-11-02",
    until: "2026-11-22",
    today: 1000,
    bars: [
      { x: 500, width: 500, openStart: false, goesOn: true },
      { x: 0, width: 250, openStart: false, goesOn: false },
    ],
  });
});

test("a planned end lies behind today, and the record goes on", () => {
  const periods = planPeriods([plan("2026-11-02", "2026-12-12")], "2026-11-22");
  expect(periods?.today).toBe(500);
  expect(periods?.bars).toEqual([{ x: 0, width: 1000, openStart: false, goesOn: true }]);
});

test("what began today, or has no first day, is still seen", () => {
  const today = planPeriods(
    [plan("2026-11-22", null), plan("2026-10-01", "2026-10-02")],
    "2026-11-22",
  );
  expect(today?.bars[0]?.width).toBeGreaterThan(0);
  const open = planPeriods([plan("2026-11-02", null), plan(null, "2026-11-12")], "2026-11-22");
  expect(open?.bars[1]).toEqual({ x: 0, width: 500, openStart: true, goesOn: false });
  for (const one of [...(today?.bars ?? []), ...(open?.bars ?? [])]) {
    expect(one.x).toBeGreaterThanOrEqual(0);
    expect(one.x + one.width).toBeLessThanOrEqual(WIDTH);
  }
  expect(planPeriods([plan(null, "2026-11-12")], "2026-11-22"), "no first day at all").toBeNull();
  expect(planPeriods([plan("2026-11-02", null)], "2026-11-22"), "nothing to compare").toBeNull();
});

test("summer time moves no bar: a day is a day", () => {
  const periods = planPeriods([plan("2026-10-20", "2026-10-30")], "2026-10-30");
  const half = planPeriods([plan("2026-10-20", "2026-10-25")], "2026-10-30");
  expect(periods?.bars[0]?.width).toBe(1000);
  expect(half?.bars[0]?.width).toBe(500);
});

test("views lie between the oldest and the check, and are counted by age", () => {
  const line = viewLine(
    [
      access("2026-11-22T10:00:00+00:00", true),
      access("2026-11-17T10:00:00+00:00"),
      access("2026-10-28T10:00:00+00:00"),
      access("2026-10-03T10:00:00+00:00"),
    ],
    "2026-11-22T10:00:00+00:00",
  );
  expect(line?.marks).toEqual([
    { x: 1000, you: true },
    { x: 900, you: false },
    { x: 500, you: false },
    { x: 0, you: false },
  ]);
  expect([line?.inWeek, line?.inMonth]).toEqual([2, 3]);
  expect(line?.from).toBe("2026-10-03T10:00:00+00:00");
  expect(viewLine([], "2026-11-22T10:00:00+00:00")).toBeNull();
  expect(viewLine([access("?")], "2026-11-22T10:00:00+00:00")).toBeNull();
});
