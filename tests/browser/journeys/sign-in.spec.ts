import { CHOOSE_ROLE } from "../../../ui/src/words/role";
import { SIGN_IN, signInFault } from "../../../ui/src/words/sign-in";
import { SESSION_ENDS } from "../../../ui/src/words/start";
import { expect, HOLDERS, type Journey } from "./journey";
import { test } from "./test";

/** The sign-in was refused with this sentence, at the top and, if a new passcode mends it, at the field. */
async function refused(journey: Journey, sentence: string, picture: string): Promise<void> {
  await expect(journey.page.getByRole("alert")).toContainText(sentence);
  await journey.arrived({
    heading: "Sign in",
    title: "Sign in",
    error: true,
    picture: `sign-in-${picture}`,
  });
  await expect(journey.field("Passcode")).toHaveValue("");
}

/** A passcode of the same length that is not the card's. */
function wrong(passcode: string): string {
  return [...passcode].map((digit) => String((Number(digit) + 1) % 10)).join("");
}

test("wrong passcodes: how many tries are left, then the card locks, then a reset", async ({
  start,
  page,
}) => {
  const journey = await start();
  const { card, passcode } = await journey.practiceCard(HOLDERS.dentist);
  await card.check();

  await journey.enterPasscode("");
  await refused(journey, signInFault({ code: "passcode-missing" }), "passcode-missing");
  await page.getByRole("alert").getByRole("link").click();
  await expect(journey.field("Passcode")).toBeFocused();
  await expect(journey.field("Passcode")).toHaveAccessibleDescription(/Enter your passcode/);

  await journey.enterPasscode("12");
  await refused(journey, signInFault({ code: "passcode-shape" }), "passcode-shape");

  // Neither of these was a try.
  for (const left of [2, 1]) {
    await journey.enterPasscode(wrong(passcode));
    const fault = signInFault({ code: "wrong-passcode", triesLeft: left });
    await refused(journey, fault, `wrong-passcode-${left}`);
    await expect(journey.field("Passcode")).toHaveAccessibleDescription(/The passcode is wrong/);
    await expect(card).toBeChecked();
  }
  await journey.enterPasscode(wrong(passcode));
  await refused(journey, signInFault({ code: "card-locked" }), "card-locked-now");
  // The right one comes too late.
  await journey.enterPasscode(passcode);
  await refused(journey, signInFault({ code: "card-locked" }), "card-locked-still");

  await journey.button(SIGN_IN.resetCards).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page).toHaveTitle(/^\[Practice\] Sign in/);
  await journey.enterPasscode(passcode);
  await journey.arrived({
    heading: "Find a child",
    title: "Find a child",
    field: "NHS number",
    picture: "find-after-reset",
  });
});

test("cards that cannot be used, and a role that may not look", async ({ start, page }) => {
  const journey = await start();
  for (const [holder, code] of [
    [HOLDERS.expired, "card-expired"],
    [HOLDERS.locked, "card-locked"],
  ] as const) {
    const { card, passcode } = await journey.practiceCard(holder);
    await card.check();
    await journey.enterPasscode(passcode);
    await refused(journey, signInFault({ code }), code);
  }

  await journey.signIn(HOLDERS.receptionist);
  await journey.arrived({
    heading: CHOOSE_ROLE.noneHeading,
    title: "Choose your role",
    picture: "choose-role-none",
  });
  const main = page.getByRole("main");
  for (const words of ["registration authority", "B0170", "B0107", "Receptionist", "ODS: RKL"]) {
    await expect(main).toContainText(words);
  }
  await expect(journey.button("Continue")).toHaveCount(0);
  // There is no way round it by the keyboard.
  await page.keyboard.press("Control+k");
  await expect(journey.heading("Find a child")).toHaveCount(0);
  await main.getByRole("button", { name: "Sign out" }).click();
  await journey.arrived({
    heading: SESSION_ENDS["signed-out"].heading,
    title: "Session ended",
    picture: "session-ended-without-role",
  });
});
