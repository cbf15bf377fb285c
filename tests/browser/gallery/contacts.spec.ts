import { states } from "./states";
import { localContacts } from "./states/state";
import { expect, test } from "./test";

/** As long as all states take on a busy machine (milliseconds). */
const PATIENCE = 600_000;

/** It lasts for a moment, and nothing is known yet of whom to ring. */
const KNOWS_NOTHING = "starting";

test("whom to ring is on every screen, or one press away under Help", async ({ tour }) => {
  test.setTimeout(PATIENCE);
  const { page } = tour;
  const beside = new Set<string>();
  for (const state of states) {
    const { kind } = state.view.screen;
    // What a program that has stopped shows does not come from it.
    if (kind === KNOWS_NOTHING || state.stopped) continue;
    await tour.visit({
      ...state,
      view: { ...state.view, safeguardingContacts: localContacts },
    });
    const contacts = page.getByRole("main").getByText("01632 960501");
    if ((await contacts.count()) > 0) {
      await expect(contacts.first(), state.name).toBeVisible();
      await expect(page.getByRole("main"), state.name).toContainText("call 999");
      beside.add(kind);
    } else {
      const help = page.getByRole("navigation").getByRole("button", { name: "Help" });
      await expect(help, state.name).toBeVisible();
    }
  }
  // On these a child may be there, or nothing else can be reached.
  for (const kind of [
    ...["sign-in", "find", "search", "checking", "result", "help"],
    ...["clinic-list", "clinic-import", "prepare-offline", "one-at-a-time", "back-online"],
    ...["out-of-date", "locked", "closing", "cannot-start", "session-ended", "note", "notice"],
  ]) {
    expect([...beside]).toContain(kind);
  }
});
