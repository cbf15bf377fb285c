import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { CLINIC, ON_CLINIC, PREPARE } from "../../../ui/src/words/clinic";
import { ALL_SENT, SHELL, waiting } from "../../../ui/src/words/shell";
import { children, spaced, unusedNumber, type Child } from "../journeys/children";
import type { Journey } from "../journeys/journey";
import { expect, test } from "../journeys/test";
import { LocalAuthority, type Told } from "./authority";
import { Extract } from "./extract";
import { Trainer } from "./trainer";

/** Where the pictures, the extract and the story in words go. */
const FOLDER =
  process.env["CPIS_STORY_DIR"] ??
  fileURLToPath(new URL("../../../target/story/", import.meta.url));

const AUTHORITY = { ods: "ZZ001", name: "Northmoor Borough Council" };
const CARD = "community-paediatrician";
const VIEWER = "Dr Ada Practice-Heron";
const ORGANISATION = "RCU";

/** For what happens at the service, on this machine and unoptimised (milliseconds). */
const PATIENCE = { timeout: 15_000 };
/** For what waits until the connection is there again, or gone. */
const AGAIN = { timeout: 30_000 };

test.use({ pictures: FOLDER });

/** Goes from one role to the other. */
async function takeRole(journey: Journey, role: RegExp): Promise<void> {
  await journey.page.getByRole("radio", { name: role }).check();
  await journey.button("Continue").click();
  await expect(journey.heading("Find a child")).toBeVisible();
}

const row = ({ page }: Journey, child: Child) =>
  page.getByRole("row").filter({ hasText: spaced(child.nhsNumber) });

/** A day as the extract takes it. */
const dayOf = (moment: Date) =>
  [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");

test("a record goes from the authority to the clinician, and each look back to the authority", async ({
  start,
  setUp,
  context,
  page,
}) => {
  const story: string[] = [];
  const began = new Date();
  const workplace = await setUp();
  mkdirSync(FOLDER, { recursive: true });

  // The authority uploads its records.
  const [live, ...prepared] = children("Nothing held").slice(0, 4) as [Child, ...Child[]];
  const authority = new LocalAuthority(workplace, AUTHORITY.ods);
  const from = dayOf(new Date(began.getTime() - 30 * 24 * 60 * 60 * 1000));
  const answer = await authority.submit([
    { child: live, plan: "CPP", start: from },
    ...prepared.map((child) => ({ child, plan: "LAC", start: from })),
    { child: { ...live, nhsNumber: unusedNumber() }, plan: "CPP", start: from },
  ]);
  expect(answer.rows.map(({ code }) => code)).toEqual([...Array(4).fill("CPR06"), "CPR01"]);
  story.push(
    `${AUTHORITY.name} (${AUTHORITY.ods}) sent ${answer.rows.length} rows: 4 loaded, 1 refused (CPR01, nobody has the number)`,
  );

  // A clinician looks, unscheduled, and the authority's inbox shows it.
  const [trainer, journey] = await Promise.all([
    Trainer.at(context, workplace, AUTHORITY.ods, FOLDER),
    start("--config", workplace.policy),
  ]);
  await page.getByRole("radio", { name: CARD, exact: true }).check();
  await journey.enterPasscode(workplace.passcode(CARD));
  await takeRole(journey, /unscheduled/);
  await journey.field("NHS number").fill(live.nhsNumber);
  await journey.field("Day").fill(live.day);
  await journey.field("Month").fill(live.month);
  await journey.field("Year").fill(live.year);
  const arrived = trainer.looks.first().waitFor(PATIENCE).then(Date.now);
  const pressed = Date.now();
  await journey.button("Find child").click();
  await expect(journey.heading("Child protection plan in place")).toBeVisible();
  const shown = Date.now();
  const inbox = await arrived;
  await expect(page.getByRole("main")).toContainText(AUTHORITY.name);
  await expect(trainer.looks).toContainText([spaced(live.nhsNumber)]);
  await expect(trainer.looks).toContainText(["Live"]);
  await expect(trainer.looks).toContainText([VIEWER]);
  await journey.look("1-clinician-looks");
  await trainer.look("2-inbox-live");
  const [first] = await authority.toldSince(began.toISOString());
  const received = Date.parse(first?.received ?? "");
  story.push(
    `${VIEWER} (${ORGANISATION}) looked at ${spaced(live.nhsNumber)}, unscheduled: the answer was on the screen ${shown - pressed} ms after "Find child"`,
    `the authority's inbox showed the look ${inbox - received} ms after it had reached the service`,
  );

  // Copies are prepared where checks tell nobody, and the role is changed for the visit.
  await journey.button(SHELL.changeRole).click();
  await takeRole(journey, /(?<!un)scheduled/);
  await journey.button("Clinic list").click();
  const lines = prepared.map(
    (c, place) => `09:${place}0;${spaced(c.nhsNumber)};${c.day}/${c.month}/${c.year}`,
  );
  await journey.field("Children, one on each line").fill(lines.join("\n"));
  await journey.button("Add to the list").click();
  await journey.button(CLINIC.prepare).click();
  await journey.button(PREPARE.submitFrom(prepared.length)).click();
  await expect(page.getByText("3 of 3 ready")).toBeVisible();
  await journey.look("3-copies-prepared");
  await journey.button(SHELL.changeRole).click();
  await takeRole(journey, /unscheduled/);
  await expect(page.getByRole("contentinfo")).toContainText(ALL_SENT);

  // The clinic goes offline, and three copies are opened.
  await trainer.weather("Offline");
  await expect(journey.connectivity).toHaveText(/^Offline since \d\d:\d\d$/, AGAIN);
  await journey.button("Clinic list").click();
  await journey.look("4-clinic-list-offline");
  for (const [place, child] of prepared.entries()) {
    await row(journey, child)
      .getByRole("button", { name: /^Open copy/ })
      .click();
    await expect(journey.heading(/^Copy\s+Looked after child$/)).toBeFocused();
    await expect(page.getByText(/^This is a copy\./)).toBeVisible();
    if (place === 0) await journey.look("5-copy-offline");
    await journey.button(ON_CLINIC.back).click();
  }
  await page
    .getByRole("contentinfo")
    .getByRole("button", { name: waiting(3) })
    .click();
  await journey.look("6-to-send-offline");
  await expect(trainer.looks).toHaveCount(1);
  story.push(
    "the clinic went offline: 3 kept copies were opened, 3 records waited, nobody was told",
  );

  // Back online, the inbox shows three late entries with both times.
  const late = trainer.looks.nth(3).waitFor(AGAIN).then(Date.now);
  await trainer.weather("Good");
  const again = Date.now();
  const told = await late;
  await expect(trainer.looks).toHaveCount(4);
  for (const child of prepared) {
    const look = trainer.looks.filter({ hasText: spaced(child.nhsNumber) });
    await expect(look).toContainText(/Late\s*\d+ \w+ \d{4} \d\d:\d\d:\d\d/);
    await expect(look.getByRole("cell").first()).toHaveText(/^\d+ \w+ \d{4} \d\d:\d\d:\d\d$/);
  }
  await expect(page.getByRole("contentinfo")).toContainText(ALL_SENT, AGAIN);
  await trainer.look("7-inbox-late");
  await journey.look("8-to-send-online");
  story.push(
    `back online: ${told - again} ms later the inbox showed all 3, late, each with when it was and when it came`,
  );

  // What the authority itself reads says the same.
  const looks = await authority.toldSince(began.toISOString());
  const of = (way: string): Told[] => looks.filter((look) => look.way === way);
  expect(looks.map(({ nhsNumber }) => nhsNumber).toSorted()).toEqual(
    [live, ...prepared].map(({ nhsNumber }) => nhsNumber).toSorted(),
  );
  expect([of("live").length, of("late").length]).toEqual([1, 3]);
  for (const look of looks) {
    expect([look.viewer, look.organisation]).toEqual([VIEWER, ORGANISATION]);
  }
  for (const look of of("late")) {
    expect(Date.parse(look.received), "it came later").toBeGreaterThan(Date.parse(look.at));
  }

  // The extract of the period holds all of it.
  const days = [dayOf(began), dayOf(new Date())] as const;
  const extract = new Extract(workplace.database, ...days, path.join(FOLDER, "extract"));
  const { records, accesses } = extract;
  expect(extract.counted).toEqual({ records: records.length, accesses: accesses.length });
  expect(extract.said).toBe(`${records.length} records, ${accesses.length} accesses`);
  const submitted = [live, ...prepared].filter(
    ({ nhsNumber }) =>
      !records.some(([ods, number]) => ods === AUTHORITY.ods && number === nhsNumber),
  );
  const without = extract.without(looks);
  const missing = submitted.length + without.length;
  story.push(
    `extract of ${days[0]} to ${days[1]}: ${records.length} records, 4 of them from the file; ${accesses.length} accesses, ${accesses.filter(([, viewer]) => viewer === VIEWER).length} by ${VIEWER}`,
  );
  story.push(
    `story: ${of("live").length} live, ${of("late").length} late, ${looks.length - without.length} in the extract, ${missing} missing`,
  );
  writeFileSync(path.join(FOLDER, "story.txt"), `${story.join("\n")}\n`);
  for (const line of story) console.log(line);
  expect(missing).toBe(0);
});
