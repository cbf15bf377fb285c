import { signInFault, SIGN_IN } from "../../../ui/src/words/sign-in";
import { child, spaced } from "./children";
import { everything, remembered, traces } from "./held";
import { expect, HOLDERS } from "./journey";
import { MODULE, Smartcard } from "./smartcard";
import { test } from "./test";

const DENTIST = "emergency-dentist";

test.skip(process.platform !== "linux", "cards and readers in software are those of Linux");

test("a smartcard: wrong passcode, right one, a look, card out, card back, the same place", async ({
  start,
  setUp,
  page,
}) => {
  const workplace = await setUp({ withCode: true, module: MODULE });
  const passcode = workplace.passcode(DENTIST);
  const card = await Smartcard.make(workplace.cardFile(DENTIST), passcode);
  try {
    await card.putIn();
    const journey = await start("--config", workplace.policy);
    await expect(page.getByText(SIGN_IN.cardFound(HOLDERS.dentist))).toBeVisible();
    await journey.look("smartcard-sign-in");

    await journey.enterPasscode("000000");
    const wrong = signInFault({ code: "wrong-passcode", triesLeft: null });
    await expect(page.getByRole("alert")).toContainText(wrong);
    await journey.arrived({
      heading: "Sign in",
      title: "Sign in",
      error: true,
      picture: "smartcard-wrong-passcode",
    });
    await journey.enterPasscode(passcode);
    await expect(journey.heading("Find a child")).toBeVisible();
    const someone = child("Plan with every field given");
    await journey.check(someone, "Child protection plan in place");
    expect(await everything(page)).toContain(spaced(someone.nhsNumber));
    await journey.look("smartcard-result");

    const taken = performance.now();
    await card.takeOut();
    await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Locked");
    const empty = Math.round(performance.now() - taken);
    console.log(`card out, screen empty: ${empty} ms`);
    const after = await everything(page);
    const gone = [...traces(someone), HOLDERS.dentist];
    for (const trace of gone) expect(after).not.toContain(trace);
    expect(await remembered(page, gone), "in memory").toEqual([]);
    await journey.arrived({
      heading: "Locked",
      title: "Locked",
      field: "Passcode",
      picture: "smartcard-taken-out",
    });
    await expect(page.getByText(/because your card was taken out/)).toBeVisible();

    // Without the card the right passcode opens nothing.
    await journey.enterPasscode(passcode, "Unlock");
    const missing = signInFault({ code: "card-removed" });
    await expect(page.getByRole("alert")).toContainText(missing);
    await journey.look("smartcard-wanted-back");

    await card.putIn();
    await expect(page.getByRole("alert")).toHaveCount(0);
    await journey.enterPasscode(passcode, "Unlock");
    await journey.arrived({
      heading: "Child protection plan in place",
      title: "Result of the check",
      picture: "smartcard-same-place",
    });
    await expect(journey.region("Patient")).toContainText(spaced(someone.nhsNumber));
  } finally {
    await card.close();
  }
});
