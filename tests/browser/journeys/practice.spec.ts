import { HELP } from "../../../ui/src/words/help";
import { CAUSES } from "../../../ui/src/words/not-checked";
import { CASES, PRACTICE, TASK_WORDS, TASKS, WEATHERS } from "../../../ui/src/words/practice";
import { RECORD, TO_SEND } from "../../../ui/src/words/to-send";
import { child } from "./children";
import { expect, HOLDERS, type Journey } from "./journey";
import { test } from "./test";

const NOTHING = "No child protection information found";
const PLAN = "Child protection plan in place";

const submit = (journey: Journey) => journey.button("Find child").click();

test("each weather is said in words, and ends a check as it would on a bad day", async ({
  start,
  page,
}) => {
  const journey = await start();
  await expect(page.getByText(PRACTICE.now(WEATHERS.good))).toBeVisible();
  await journey.signIn(HOLDERS.nurse);

  for (const [weather, cause] of [
    ["service-down", "service-unavailable"],
    ["not-allowed", "not-allowed"],
    ["offline", "unreachable"],
  ] as const) {
    await journey.weather(weather);
    await journey.pick("child-protection");
    await submit(journey);
    await expect(journey.heading("Not checked")).toBeFocused();
    await expect(journey.heading(CAUSES[cause].title)).toBeVisible();
    await journey.look(`practice-${weather}`);
  }
  await expect(journey.connectivity).toHaveText(/^Offline since/);

  await journey.weather("slow");
  await expect(journey.connectivity).toHaveText("Connected");
  await journey.pick("child-protection");
  await submit(journey);
  await expect(page.getByRole("main").getByText("Still checking.")).toBeVisible();
  await expect(journey.heading(PLAN)).toBeFocused();
});

test("the card goes out and the program locks; back in, it unlocks", async ({ start, page }) => {
  const journey = await start();
  const { passcode } = await journey.practiceCard(HOLDERS.nurse);
  await journey.signIn(HOLDERS.nurse);
  await journey.pick("looked-after");
  await submit(journey);
  await expect(journey.heading("Looked after child")).toBeFocused();
  await journey.weather("card-removed");
  await expect(journey.heading("Locked")).toBeVisible();
  await journey.look("practice-card-removed");
  // Nobody is named while it is locked, not even somebody made up.
  await expect(page.getByLabel(PRACTICE.child)).toHaveCount(0);
  await journey.enterPasscode(passcode, "Unlock");
  await expect(page.getByRole("alert")).toContainText("card");
  await expect(journey.heading("Locked")).toBeVisible();
  await journey.weather("good");
  await journey.enterPasscode(passcode, "Unlock");
  await expect(journey.heading("Looked after child")).toBeFocused();
});

test("guided tasks are done when they were seen, and go on paper without a child", async ({
  start,
  page,
}) => {
  const journey = await start();
  const { passcode } = await journey.practiceCard(HOLDERS.nurse);
  await journey.signIn(HOLDERS.nurse);
  const scenario = await journey.scenario();
  await expect(scenario).toContainText(PRACTICE.tasksDone(0, 7));

  // A current plan.
  await journey.pick("child-protection");
  await submit(journey);
  await expect(journey.heading(PLAN)).toBeFocused();
  await expect(scenario).toContainText(PRACTICE.tasksDone(1, 7));

  // What nothing found means.
  await journey.pick("nothing-held");
  await submit(journey);
  await expect(journey.heading(NOTHING)).toBeFocused();
  await page.keyboard.press("F1");
  await expect(journey.heading(HELP.answers)).toBeVisible();
  await expect(scenario).toContainText(PRACTICE.tasksDone(2, 7));

  // A date of birth that does not match, and then does.
  await journey.pick("looked-after");
  await journey.field("Year").fill("2009");
  await submit(journey);
  await expect(journey.heading(CAUSES["birth-date-differs"].title)).toBeVisible();
  await journey.pick("looked-after");
  await submit(journey);
  await expect(journey.heading("Looked after child")).toBeFocused();
  await expect(scenario).toContainText(PRACTICE.tasksDone(3, 7));

  await page.keyboard.press("Control+l");
  await journey.enterPasscode(passcode, "Unlock");
  await expect(journey.heading("Looked after child")).toBeFocused();
  await expect(scenario).toContainText(PRACTICE.tasksDone(4, 7));

  // A record that is refused, and tried again.
  await expect(page.getByRole("contentinfo")).toContainText("Nothing to send");
  await journey.weather("record-refused");
  await journey.pick("nothing-held");
  await submit(journey);
  await expect(journey.heading(NOTHING)).toBeFocused();
  await page.getByRole("contentinfo").getByRole("button", { name: "1 needs attention" }).click();
  await page.getByRole("button", { name: new RegExp(`^${TO_SEND.open}`) }).click();
  await journey.button(RECORD.tryAgain).click();
  await expect(scenario).toContainText(PRACTICE.tasksDone(5, 7));
  await journey.weather("good");

  // A copy, and a child saved, both without a network.
  await page.keyboard.press("Control+Shift+c");
  const listed = child(CASES["looked-after"]);
  await page
    .getByRole("textbox")
    .first()
    .fill(`${listed.nhsNumber},${listed.day}/${listed.month}/${listed.year}`);
  await journey.button("Add to the list").click();
  await journey.button("Prepare for offline").click();
  await journey.button(/^Check 1 and keep/).click();
  await expect(page.getByText("1 of 1 ready")).toBeVisible();
  await journey.weather("offline");
  await expect(journey.connectivity).toHaveText(/^Offline since/);
  await page.getByRole("button", { name: /^Open copy/ }).click();
  await expect(page.getByText(/^This is a copy\./)).toBeVisible();
  await expect(scenario).toContainText(PRACTICE.tasksDone(6, 7));
  await journey.pick("no-end-date");
  await journey.button("Save to check later").click();
  await expect(scenario).toContainText(PRACTICE.tasksDone(7, 7));

  await scenario.getByRole("button", { name: PRACTICE.tasks, exact: true }).click();
  await journey.arrived({
    heading: TASKS.heading,
    title: TASKS.heading,
    picture: "practice-tasks",
  });
  await expect(page.getByRole("main").getByText(/^Done \d\d:\d\d$/)).toHaveCount(7);
  await journey.button(TASKS.print).click();
  await page.emulateMedia({ media: "print" });
  const paper = page.locator(".app-printout");
  await expect(paper).toBeVisible();
  const text = await paper.innerText();
  expect(text).toContain("PRACTICE - made-up children");
  expect(text).toContain(HOLDERS.nurse);
  for (const { name } of Object.values(TASK_WORDS)) expect(text).toContain(name);
  expect(text, "no NHS number").not.toMatch(/\d{3} ?\d{3} ?\d{4}/);
  expect(text, "no child").not.toMatch(/testchild/i);
});

test("live mode has no scenario and no tasks", async ({ start, setUp, page }) => {
  const workplace = await setUp();
  await start("--config", workplace.policy);
  await expect(page.getByRole("button", { name: PRACTICE.open })).toHaveCount(0);
  for (const [command, args] of [
    ["set_practice_weather", { weather: "offline" }],
    ["use_practice_child", { case: "child-protection" }],
    ["print_completion", {}],
    ["go", { place: "practice-tasks" }],
  ] as const) {
    const answer = await page.request.post(new URL(`/command/${command}`, page.url()).href, {
      data: args,
    });
    expect(answer.status(), command).toBe(409);
  }
});

test("policy keeps a training room in practice, however it is started", async ({
  start,
  setUp,
  page,
}) => {
  const workplace = await setUp();
  await workplace.practiceOnly();
  const journey = await start("--config", workplace.policy);
  await expect(journey.practiceBar).toBeVisible();
  await expect(page.getByText(/for practice only/)).toBeVisible();
  await expect(page).toHaveTitle(/^\[Practice\]/);
  await expect(journey.button("Practise with made-up children")).toHaveCount(0);
  await journey.look("practice-only");
  await journey.signIn(HOLDERS.nurse);
  await journey.pick("child-protection");
  await submit(journey);
  await expect(journey.heading(PLAN)).toBeFocused();
});
