import { CLASS, classFault } from "../../../ui/src/words/class";
import { PRACTICE } from "../../../ui/src/words/practice";
import { expect, HOLDERS } from "./journey";
import { test } from "./test";

const NAME = "Tuesday morning";

test("a class is joined, a child is checked in it, and it is left", async ({
  start,
  setUp,
  page,
}) => {
  const workplace = await setUp();
  const code = workplace.addClass(NAME);
  const journey = await start();
  await journey.button(CLASS.join).click();
  const form = { title: CLASS.heading, heading: CLASS.heading };
  await journey.arrived({ ...form, field: CLASS.address, picture: "class-form" });

  await journey.button(CLASS.submit).click();
  await journey.arrived({ ...form, error: true, picture: "class-empty" });
  await journey.field(CLASS.address).fill(workplace.url);
  await journey.field(CLASS.code).fill("AAAA-AAAA");
  await journey.button(CLASS.submit).click();
  await expect(journey.errorSummary).toContainText(classFault({ code: "unknown-class" }));
  // What was typed stays, so that it can be put right.
  await expect(journey.field(CLASS.address)).toHaveValue(workplace.url);

  await journey.field(CLASS.code).fill(code.toLowerCase().replace("-", " "));
  await journey.button(CLASS.submit).click();
  await journey.arrived({
    heading: "Sign in",
    title: "Sign in",
    field: "Passcode",
    picture: "class-joined",
  });
  await expect(page.getByText(CLASS.joined(NAME, code))).toBeVisible();
  const inClass = page.getByRole("banner").getByText(PRACTICE.inClass(code));
  await expect(inClass).toBeVisible();
  await expect(journey.practiceBar).toBeVisible();
  await expect(page.getByRole("switch", { name: PRACTICE.network })).toHaveCount(0);

  await journey.signIn(HOLDERS.dentist);
  await journey.pick("child-protection");
  await expect(page.getByText(PRACTICE.trainer)).toBeVisible();
  await journey.button("Find child").click();
  await expect(journey.heading("Child protection plan in place")).toBeFocused();
  await expect(page.getByRole("contentinfo")).toContainText("Nothing to send");
  await expect(inClass).toBeVisible();
  await journey.look("class-result");

  await journey.button("Sign out").click();
  await journey.button("Sign in").first().click();
  await journey.button(CLASS.leave).click();
  await expect(page.getByText(CLASS.offer)).toBeVisible();
  await expect(inClass).toHaveCount(0);
  await expect(page.getByRole("switch", { name: PRACTICE.network })).toBeVisible();
  // The practice alone goes on, and knows nothing of the class.
  await journey.signIn(HOLDERS.nurse);
  await journey.pick("looked-after");
  await journey.button("Find child").click();
  await expect(journey.heading("Looked after child")).toBeFocused();
});

test("a look that waits in a class is told before the class is left", async ({
  start,
  setUp,
  page,
}) => {
  const workplace = await setUp();
  const code = workplace.addClass(NAME);
  const journey = await start();
  await journey.button(CLASS.join).click();
  await journey.field(CLASS.address).fill(workplace.url);
  await journey.field(CLASS.code).fill(code);
  await journey.button(CLASS.submit).click();
  await journey.signIn(HOLDERS.nurse);
  await journey.pick("child-protection");
  await workplace.killBackend();
  await journey.button("Find child").click();
  await expect(journey.heading("Not checked")).toBeVisible();
  await expect(page.getByRole("contentinfo")).toContainText("1 to send");
  await journey.button("Sign out").click();
  await journey.button("Sign in").first().click();
  await expect(page.getByText(CLASS.waiting(1))).toBeVisible();
  await journey.look("class-waiting");
  await journey.button(CLASS.leave).click();
  await expect(page.getByText(CLASS.offer)).toBeVisible();

  await workplace.restartBackend();
  await journey.button(CLASS.join).click();
  await journey.field(CLASS.address).fill(workplace.url);
  await journey.field(CLASS.code).fill(code);
  await journey.button(CLASS.submit).click();
  await expect(page.getByText(CLASS.joined(NAME, code))).toBeVisible();
  await expect(page.getByRole("contentinfo")).toContainText("Nothing to send");
  await expect(page.getByText(CLASS.leaveHint)).toBeVisible();
});
