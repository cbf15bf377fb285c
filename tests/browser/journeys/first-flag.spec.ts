import { noteActions } from "../evidence/actions";
import { child } from "./children";
import { HOLDERS } from "./journey";
import { Keyboard } from "./keyboard";
import { expect, test } from "./test";

const TOLD = "The local authority is told about this check";
const NOT_TOLD = "The local authority is not told about this check";

test("keyboard alone, one role: seven actions to the flag", async ({ start, page }) => {
  const journey = await start();
  const keyboard = new Keyboard(page);
  keyboard.count("start the program");
  await journey.arrived({
    heading: "Sign in",
    title: "Sign in",
    field: "Passcode",
    picture: "sign-in-practice",
  });

  const { passcode } = await journey.practiceCard(HOLDERS.dentist);
  await keyboard.action("choose the card", async () => {
    await keyboard.press("Shift+Tab");
    await keyboard.press("ArrowDown");
  });
  await expect(page.getByRole("radio", { name: HOLDERS.dentist })).toBeChecked();
  await keyboard.action("type the passcode", async () => {
    await keyboard.press("Tab");
    await keyboard.type(passcode);
  });
  await keyboard.action("sign in", () => keyboard.press("Enter"));
  await journey.arrived({
    heading: "Find a child",
    title: "Find a child",
    field: "NHS number",
    picture: "find-unscheduled",
  });
  await expect(page.getByRole("main").getByText(TOLD)).toBeVisible();

  const someone = child("Child protection plan");
  await keyboard.action("type the NHS number", () => keyboard.type(someone.nhsNumber));
  await keyboard.action("type the date of birth", () => keyboard.typeBirthDate(someone));
  await keyboard.action("find the child", () => keyboard.press("Enter"));
  const asked = keyboard.actions.length;
  await journey.arrived({
    heading: "Child protection plan in place",
    title: "Result of the check",
    picture: "result-child-protection",
  });
  await expect(page.getByRole("main").getByText(TOLD)).toBeVisible();
  // Nothing to press between the answer and the flag.
  await expect(journey.heading("Child protection plan in place")).toBeInViewport();
  await expect(journey.item("Responsible Local Authority")).toBeInViewport();

  expect(keyboard.actions).toHaveLength(7);
  expect(keyboard.actions).toHaveLength(asked);
  noteActions("one-role", keyboard);
  noteActions("between", { actions: keyboard.actions.slice(asked), presses: 0 });
});

test("keyboard alone, two roles: eight actions to the flag, four to the next", async ({
  start,
  page,
}) => {
  const journey = await start();
  const keyboard = new Keyboard(page);
  keyboard.count("start the program");
  // The first card stands chosen, as an inserted one would.
  const { card, passcode } = await journey.practiceCard(HOLDERS.paediatrician);
  await expect(card).toBeChecked();
  await expect(journey.field("Passcode")).toBeFocused();
  await keyboard.action("type the passcode", () => keyboard.type(passcode));
  await keyboard.action("sign in", () => keyboard.press("Enter"));
  await journey.arrived({
    heading: "Choose your role",
    title: "Choose your role",
    picture: "choose-role",
  });

  await keyboard.action("choose the role", async () => {
    await keyboard.press("Tab");
    await keyboard.press("Space");
  });
  await expect(page.getByRole("radio", { name: /, scheduled care$/ })).toBeChecked();
  await keyboard.action("continue", () => keyboard.press("Enter"));
  await journey.arrived({
    heading: "Find a child",
    title: "Find a child",
    field: "NHS number",
    picture: "find-scheduled",
  });
  await expect(page.getByRole("main").getByText(NOT_TOLD)).toBeVisible();
  await expect(page.getByRole("banner").getByText(NOT_TOLD)).toBeVisible();

  const first = child("Looked after child");
  await keyboard.action("type the NHS number", () => keyboard.type(first.nhsNumber));
  await keyboard.action("type the date of birth", () => keyboard.typeBirthDate(first));
  await keyboard.action("find the child", () => keyboard.press("Enter"));
  await journey.arrived({
    heading: "Looked after child",
    title: "Result of the check",
    picture: "result-looked-after",
  });
  await expect(page.getByRole("main").getByText(NOT_TOLD)).toBeVisible();
  await expect(page.getByRole("banner").getByText(NOT_TOLD)).toBeVisible();
  expect(keyboard.actions).toHaveLength(8);
  noteActions("two-roles", keyboard);

  keyboard.startAgain();
  const second = child("Nothing held");
  await keyboard.action("begin anew", () => keyboard.press("Control+k"));
  await expect(journey.field("NHS number")).toBeFocused();
  await expect(journey.field("NHS number")).toHaveValue("");
  await keyboard.action("type the NHS number", () => keyboard.type(second.nhsNumber));
  await keyboard.action("type the date of birth", () => keyboard.typeBirthDate(second));
  await keyboard.action("find the child", () => keyboard.press("Enter"));
  await journey.arrived({
    heading: "No child protection information found",
    title: "Result of the check",
    picture: "result-nothing-scheduled",
  });
  expect(keyboard.actions).toHaveLength(4);
  expect(keyboard.presses).toBeLessThanOrEqual(23);
  noteActions("next-typed", keyboard);
});

test("keyboard alone, number and date pasted: three actions to the next", async ({
  start,
  page,
  context,
}) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  await journey.check(child("Looked after child"), "Looked after child");

  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { nhsNumber, day, month, year } = child("Plan without an end date");
  await page.evaluate(
    (line) => navigator.clipboard.writeText(line),
    `${nhsNumber}\t${day}/${month}/${year}\n`,
  );
  const keyboard = new Keyboard(page);
  await keyboard.action("begin anew", () => keyboard.press("Control+k"));
  await expect(journey.field("NHS number")).toBeFocused();
  await keyboard.action("paste", () => keyboard.press("Control+v"));
  await expect(journey.field("Year")).toHaveValue(year);
  await keyboard.action("find the child", () => keyboard.press("Enter"));
  await expect(journey.heading("Child protection plan in place")).toBeFocused();
  expect(keyboard.actions).toHaveLength(3);
  noteActions("next-pasted", keyboard);
});

test("in practice the scenario fills the form, and the person checks", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  await journey.pick("no-end-date");
  await journey.look("find-practice-child");
  await expect(journey.heading("Find a child")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(journey.field("NHS number")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(journey.heading("Child protection plan in place")).toBeFocused();
});
