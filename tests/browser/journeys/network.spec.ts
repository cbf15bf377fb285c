import { FIND } from "../../../ui/src/words/find";
import { CAUSES } from "../../../ui/src/words/not-checked";
import { HISTORY } from "../../../ui/src/words/result";
import { ALL_SENT } from "../../../ui/src/words/shell";
import { signInFault } from "../../../ui/src/words/sign-in";
import { child } from "./children";
import { expect, HOLDERS } from "./journey";
import { test } from "./test";

/** Once lost, the connection is said to be there when it has been for ten seconds. */
const AGAIN = { timeout: 20_000 };

test("the network goes and comes back: not checked, kept, sent, and not done again", async ({
  start,
  page,
}) => {
  test.slow();
  const journey = await start();
  await journey.signIn(HOLDERS.dentist);
  await expect(journey.connectivity).toHaveText("Connected");
  const first = child("Plan, nobody has looked yet");
  const second = child("Looked after child");
  const history = journey.region("Child Protection Information Previously Viewed By");
  await journey.check(first, "Child protection plan in place");
  await expect(history).toContainText(HISTORY.empty);
  // Its record has left before the network goes, so that one alone waits below.
  await expect(page.getByRole("contentinfo")).toContainText(ALL_SENT);

  const network = page.getByRole("switch", { name: "Practice network" });
  await expect(network).toBeChecked();
  await network.click();
  await expect(network).not.toBeChecked();
  await expect(journey.connectivity).toHaveText(/^Offline since \d\d:\d\d$/);
  await expect(network).toBeFocused();
  // What was found while there was a network is still there.
  await expect(journey.heading("Child protection plan in place")).toBeVisible();

  await page.keyboard.press("Control+k");
  await expect(page.getByRole("main")).toContainText(FIND.offline);
  await journey.look("find-offline");
  await journey.check(second, "Not checked");
  await journey.arrived({
    heading: "Not checked",
    title: "Result of the check",
    picture: "not-checked-unreachable",
  });
  await expect(journey.heading(CAUSES.unreachable.title)).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText(
    /No child protection information found|in place/,
  );

  await page
    .getByRole("contentinfo")
    .getByRole("button", { name: /to send$/ })
    .click();
  await journey.arrived({ heading: "To send", title: "To send", picture: "to-send-waiting" });
  const waiting = page.getByRole("row").filter({ hasText: "Waiting" });
  await expect(waiting).toHaveCount(1);
  await expect(journey.button("Send now")).toBeVisible();
  const reference = await waiting.getByRole("cell").last().innerText();
  // Pressed without a network it does no harm.
  await journey.button("Send now").click();
  await expect(waiting).toHaveCount(1);

  await network.click();
  await expect(journey.connectivity).toHaveText("Connected", AGAIN);
  const sent = page.getByRole("row").filter({ hasText: reference });
  await expect(sent).toContainText(/Sent \d\d:\d\d/);
  await expect(page.getByRole("contentinfo")).toContainText(ALL_SENT);
  await expect(page.getByRole("row").filter({ hasText: reference })).toHaveCount(1);
  await journey.look("to-send-sent");

  // The connection came back; nobody asked again for the second child, so nothing did. Now the
  // person asks, from the check that was not made.
  await page.getByRole("navigation").getByRole("button", { name: "Back to the result" }).click();
  await expect(journey.heading("Not checked")).toBeFocused();
  await journey.button("Check again").click();
  await expect(journey.heading("Looked after child")).toBeFocused();
  await expect(history).not.toContainText(HOLDERS.dentist);
  await journey.check(first, "Child protection plan in place");
  await expect(history.getByRole("row").filter({ hasText: HOLDERS.dentist })).toHaveCount(1);
  await journey.look("result-after-network");
});

test("signing in without a network says why it fails, and works again with one", async ({
  start,
  page,
}) => {
  const journey = await start();
  const network = page.getByRole("switch", { name: "Practice network" });
  await network.click();
  await expect(journey.connectivity).toHaveText(/^Offline since \d\d:\d\d$/);
  const { card, passcode } = await journey.practiceCard(HOLDERS.nurse);
  await card.check();
  await journey.enterPasscode(passcode);
  await expect(page.getByRole("alert")).toContainText(signInFault({ code: "unreachable" }));
  await journey.arrived({
    heading: "Sign in",
    title: "Sign in",
    error: true,
    picture: "sign-in-unreachable",
  });
  await network.click();
  await expect(journey.connectivity).toHaveText("Connected", AGAIN);
  await journey.enterPasscode(passcode);
  await expect(journey.heading("Find a child")).toBeVisible();
});
