import { expect, test } from "@playwright/test";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { AXE, TAGS } from "../gallery/axe";
import { states } from "../gallery/states";
import { TRACKER_FAULTS, type TrackerFault } from "../gallery/tracker";
import type { Said } from "../gallery/transcript";
import { COUNTED, notedActions, type Counted } from "./actions";
import { layOut } from "./contact-sheet";
import { KEYBOARD_JOURNEYS } from "./keyboard-journeys";
import { allNoted, noted, NOTES } from "./notes";

/** What the gallery noted of a state. */
interface StateNote {
  screen: string;
  violations: number;
  incomplete: { rule: string; target: string; why: string }[];
  said: Said[];
}

/** As many states as the program must be proven with, at the least. */
const LEAST = 70;

/** For the sheets, on a busy machine (milliseconds). */
const PATIENCE = 180_000;

test("what this run showed is put together", async ({ browser }) => {
  test.setTimeout(PATIENCE);
  const looked = states.map(({ name }) => ({ name, seen: noted<StateNote>("states", name) }));
  expect(looked.filter(({ seen }) => seen === null).map(({ name }) => name)).toEqual([]);
  expect(new Set(looked.map(({ name }) => name)).size).toBe(looked.length);
  expect(looked.length).toBeGreaterThanOrEqual(LEAST);

  const faults = TRACKER_FAULTS.map((fault: TrackerFault, place) => ({
    ...fault,
    absent: noted("tracker-faults", String(place + 1)) !== null,
  }));
  const journeys = Object.entries(KEYBOARD_JOURNEYS).map(([name, what]) => ({
    name,
    what,
    presses: noted<{ presses: number }>("keyboard-journeys", name)?.presses ?? null,
  }));
  const actions = (Object.keys(COUNTED) as Counted[]).map((counted) => ({
    what: COUNTED[counted],
    actions: notedActions(counted)?.actions ?? null,
    presses: notedActions(counted)?.presses ?? null,
  }));
  const violations = looked.reduce((sum, { seen }) => sum + (seen?.violations ?? 0), 0);
  const unsure = looked.flatMap(({ name, seen }) =>
    (seen?.incomplete ?? []).map((one) => ({ state: name, ...one })),
  );
  const absent = faults.filter((one) => one.absent).length;
  const gone = journeys.filter(({ presses }) => presses !== null).length;
  const sheets = await layOut(
    browser,
    states.map(({ name }) => name),
  );

  const lines = [
    `axe ${AXE}, ${TAGS.length} tag sets: ${looked.length} states, ${violations} violations, ${unsure.length} left to people, each with a reason`,
    `keyboard journeys: ${gone} of ${journeys.length}`,
    `faults of the prescription tracker absent: ${absent} of ${faults.length}`,
    ...actions.map(({ what, actions: done, presses }) =>
      done === null
        ? `actions ${what}: not counted`
        : `actions ${what}: ${done.length}${presses ? `, ${presses} keys` : ""}`,
    ),
    `contact sheets: ${sheets.length} of ${looked.length} states in target/journey/states`,
  ];
  writeFileSync(
    path.join(path.dirname(NOTES), "run.json"),
    JSON.stringify({
      axe: AXE,
      tags: TAGS,
      states: looked.map(({ name, seen }) => ({ name, ...seen })),
      unsure,
      faults,
      journeys,
      actions,
      transcripts: allNoted<Said[]>("transcripts"),
      grey: noted("grey", "statuses"),
      lines,
    }),
  );
  for (const line of lines) console.log(line);
  expect(absent).toBe(faults.length);
  expect(gone).toBe(journeys.length);
  expect(actions.filter((one) => one.actions === null).map(({ what }) => what)).toEqual([]);
});
