import { CHECKING } from "../../../ui/src/words/find";
import { CAUSES } from "../../../ui/src/words/not-checked";
import { POLICY, POLICY_KEYS } from "../../../ui/src/words/policy";
import { enrolmentFault, SETTINGS } from "../../../ui/src/words/settings";
import { ALL_SENT, NOTICES, SHELL, waiting as toSend } from "../../../ui/src/words/shell";
import { REASONS } from "../../../ui/src/words/to-send";
import { child } from "./children";
import { expect, type Journey } from "./journey";
import { test } from "./test";
import type { Workplace } from "./workplace";

const DENTIST = "emergency-dentist";

/** Signs in with a test card, as the live program lists them. */
async function signIn(journey: Journey, workplace: Workplace): Promise<void> {
  await journey.page.getByRole("radio", { name: DENTIST, exact: true }).check();
  await journey.enterPasscode(workplace.passcode(DENTIST));
  await expect(journey.heading("Find a child")).toBeVisible();
}

/** Nothing on the page can be taken for practice; the strip about test cards is there. */
async function isLive(journey: Journey): Promise<void> {
  const { page } = journey;
  await expect(page.getByRole("region", { name: "Notices" })).toContainText(NOTICES["test-cards"]);
  await expect(journey.practiceBar).toHaveCount(0);
  await expect(page.getByRole("switch")).toHaveCount(0);
  await expect(page).not.toHaveTitle(/practice/i);
}

test("live: no look is lost when the backend dies and comes back", async ({
  start,
  setUp,
  page,
}) => {
  const workplace = await setUp();
  const journey = await start("--config", workplace.policy);
  await expect(page.getByRole("radio", { name: DENTIST, exact: true })).not.toBeChecked();
  await expect(journey.connectivity).toHaveText("Connected");
  await journey.look("live-sign-in");
  await isLive(journey);
  await signIn(journey, workplace);
  await isLive(journey);
  await journey.look("live-find");

  const history = journey.region("Child Protection Information Previously Viewed By");
  const first = child("Plan, nobody has looked yet");
  await journey.check(first, "Child protection plan in place");
  await isLive(journey);
  await journey.look("live-result");
  await expect(page.getByRole("contentinfo")).toContainText(ALL_SENT);

  await workplace.killBackend();
  await journey.check(child("Looked after child"), "Not checked");
  await isLive(journey);
  await expect(journey.connectivity).toHaveText(/^Offline since \d\d:\d\d$/);
  await journey.look("live-not-checked");
  await page
    .getByRole("contentinfo")
    .getByRole("button", { name: toSend(1) })
    .click();
  const waiting = page.getByRole("row").filter({ hasText: "Waiting" });
  await expect(waiting).toHaveCount(1);
  await expect(waiting).toContainText(REASONS.unreachable);
  await isLive(journey);
  const reference = await waiting.getByRole("cell").last().innerText();
  await journey.look("live-to-send-waiting");

  await workplace.restartBackend();
  const sent = page.getByRole("row").filter({ hasText: reference });
  await expect(sent).toContainText(/Sent \d\d:\d\d/, { timeout: 30_000 });
  await expect(journey.connectivity).toHaveText("Connected", { timeout: 20_000 });
  await expect(page.getByRole("contentinfo")).toContainText(ALL_SENT);

  // The backend kept the session and the first look; the second never arrived, and was not repeated.
  await journey.check(first, "Child protection plan in place");
  await expect(history.getByRole("row").filter({ hasText: "Sample-Otter" })).toHaveCount(1);
  await journey.check(child("Looked after child"), "Looked after child");
  await expect(history.getByRole("row").filter({ hasText: "Sample-Otter" })).toHaveCount(0);
});

test("live: a slow service: said, and left when the person wants", async ({
  start,
  setUp,
  page,
}) => {
  const workplace = await setUp();
  const journey = await start("--config", workplace.policy);
  await signIn(journey, workplace);
  workplace.pauseBackend();
  await journey.ask(child("Looked after child"));
  await expect(journey.button("Cancel")).toBeVisible();
  await journey.arrived({ heading: "Checking", title: "Checking", picture: "live-checking" });
  await expect(page.getByRole("main")).toContainText(CHECKING.still);
  await expect(page.getByRole("status").filter({ hasText: CHECKING.still })).toHaveCount(1);
  await journey.look("live-still-checking");
  // What is on its way is not asked a second time.
  await page.keyboard.press("Control+k");
  await expect(journey.heading("Checking")).toBeVisible();

  await page.keyboard.press("Tab");
  await expect(journey.button("Cancel")).toBeFocused();
  await page.keyboard.press("Enter");
  await journey.arrived({
    heading: "Not checked",
    title: "Result of the check",
    picture: "live-cancelled",
  });
  await expect(journey.heading(CAUSES.cancelled.title)).toBeVisible();

  // Nobody cancels: after a while the program gives up by itself.
  await page.keyboard.press("Control+k");
  await journey.ask(child("Looked after child"));
  await expect(journey.heading(CAUSES["timed-out"].title)).toBeVisible({ timeout: 30_000 });
  await expect(journey.heading("Not checked")).toBeFocused();
  workplace.resumeBackend();
  await expect(page.getByRole("contentinfo")).toContainText(ALL_SENT);
});

test("live: a computer without a code says so, takes the right one, and sends", async ({
  start,
  setUp,
  page,
}) => {
  const workplace = await setUp({ withCode: false });
  const journey = await start("--config", workplace.policy);
  const notices = page.getByRole("region", { name: "Notices" });
  await expect(notices).toContainText(NOTICES["not-enrolled"]);
  await signIn(journey, workplace);
  await journey.check(child("Looked after child"), "Looked after child");
  await page
    .getByRole("contentinfo")
    .getByRole("button", { name: toSend(1) })
    .click();
  await expect(page.getByRole("row").filter({ hasText: "Waiting" })).toContainText(
    REASONS.credential,
  );
  await journey.look("live-to-send-not-enrolled");

  await notices.getByRole("button", { name: SHELL.goToSettings }).click();
  await journey.arrived({ heading: "Settings", title: "Settings", picture: "live-settings" });
  const service = page.getByRole("row").filter({ hasText: workplace.url });
  await expect(service).toContainText(POLICY_KEYS.service);
  await expect(service).toContainText(POLICY.byOrganisation);
  const longest = page.getByRole("row").filter({ hasText: POLICY_KEYS["absolute-hours"] });
  await expect(longest).toContainText("8 hours");
  await expect(longest).not.toContainText(POLICY.byOrganisation);
  await expect(journey.item(SETTINGS.policyFile)).toHaveText(workplace.policy);

  await journey.button(SETTINGS.submit).click();
  await expect(page.getByRole("alert")).toContainText(enrolmentFault({ code: "code-missing" }));
  await journey.arrived({
    heading: "Settings",
    title: "Settings",
    error: true,
    picture: "live-settings-code-missing",
  });

  await journey.field(SETTINGS.code).fill("not-the-code");
  await journey.button(SETTINGS.submit).click();
  await expect(page.getByRole("alert")).toContainText(enrolmentFault({ code: "code-refused" }));
  await journey.arrived({
    heading: "Settings",
    title: "Settings",
    error: true,
    picture: "live-settings-code-refused",
  });
  await expect(notices).toContainText(NOTICES["enrolment-refused"]);

  await journey.field(SETTINGS.code).fill(` ${workplace.code} `);
  await journey.button(SETTINGS.submit).click();
  await expect(page.getByRole("main")).toContainText(SETTINGS.enrolled);
  await expect(notices).not.toContainText("enrol");
  await expect(page.getByRole("contentinfo")).toContainText(ALL_SENT);
  await journey.look("live-settings-enrolled");
  expect(await page.content()).not.toContain(workplace.code);
});
