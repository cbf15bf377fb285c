import type { View } from "../../../ui/src/bindings/View";
import { note } from "../evidence/notes";
import { after, state } from "./states/named";
import { at, signedIn } from "./states/state";
import { expect, test } from "./test";
import { said, type Said } from "./transcript";

const polite = (text: string): Said => ({ politeness: "polite", text });
const assertive = (text: string): Said => ({ politeness: "assertive", text });

/** Notes what a screen reader said, once it was what it must be. */
function agreed(name: string, transcript: Said[], expected: Said[]): void {
  expect(transcript).toEqual(expected);
  note("transcripts", name, transcript);
}

test("said: a wrong passcode", async ({ page, open }) => {
  const host = await open(state("sign-in-one-card"));
  host.answer("sign_in", after(state("sign-in-busy")));
  await said(page);
  await page.getByLabel("Passcode").fill("4711");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Signing in…").first()).toBeVisible();
  host.show(after(state("sign-in-fault-wrong-passcode"), 2));
  await expect(page.locator(".nhsuk-error-summary")).toBeFocused();
  agreed("wrong-passcode", await said(page), [
    polite("Signing in…"),
    assertive("There is a problem The passcode is wrong. 1 try left before the card locks"),
  ]);
});

test("said: a check, and its answer by the heading alone", async ({ page, open }) => {
  await page.clock.install({ time: new Date(at("09:59")) });
  const host = await open(state("find-scheduled"));
  await page.clock.pauseAt(new Date(at("10:00")));
  await said(page);
  host.show(after(signedIn({ kind: "checking", stage: "identity", since: at("10:00") })));
  await expect(page.getByRole("heading", { name: "Checking" })).toBeFocused();
  await page.clock.runFor(400);
  host.show(after(signedIn({ kind: "checking", stage: "records", since: at("10:00") }), 2));
  await expect(page.getByRole("main").getByText("Asking the service")).toBeVisible();
  await page.clock.runFor(5_000);
  host.show(after(state("result-child-protection"), 3));
  await expect(page.getByRole("heading", { name: "Child protection plan in place" })).toBeFocused();
  agreed("check", await said(page), [
    polite("Finding the person with this NHS number"),
    polite("Asking the service for records"),
    polite("Still checking. The service is slow to answer."),
  ]);
});

test("said: the form was refused", async ({ page, open }) => {
  const host = await open(state("find-scheduled"));
  host.answer("find_child", after(state("find-empty-fields")));
  await said(page);
  await page.keyboard.press("Enter");
  await expect(page.locator(".nhsuk-error-summary")).toBeFocused();
  agreed("form-refused", await said(page), [
    assertive("There is a problem Enter the NHS number Enter the date of birth"),
  ]);
});

test("said: number and date were pasted", async ({ page, open }) => {
  await open(state("find-scheduled"));
  await said(page);
  await page.getByLabel("NHS number").evaluate((field) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "999 000 0018 07/03/2019");
    field.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
    );
  });
  await expect(page.getByLabel("Year")).toHaveValue("2019");
  agreed("pasted", await said(page), [polite("NHS number and date of birth filled in")]);
});

test("said: the network goes and comes back", async ({ page, open }) => {
  const host = await open(state("find-scheduled"));
  await said(page);
  const connectivity = page.locator("footer").getByRole("status");
  host.show({
    ...after(state("find-scheduled")),
    connectivity: { state: "offline", since: at("09:12") },
  });
  await expect(connectivity).toHaveText("Offline since 09:12");
  // The same again is no news.
  host.show({
    ...after(state("find-scheduled"), 2),
    connectivity: { state: "offline", since: at("09:12") },
    toSend: { waiting: 1, needsAttention: 0 },
  });
  await expect(page.locator("footer")).toContainText("1 to send");
  host.show(after(state("find-scheduled"), 3));
  await expect(connectivity).toHaveText("Connected");
  agreed("network", await said(page), [polite("Offline since 09:12"), polite("Connected")]);
});

test("said: one thing stops working while the rest goes on", async ({ page, open }) => {
  const host = await open(state("find-scheduled"));
  await said(page);
  host.show(after(state("find-look-up-not-responding")));
  await expect(page.locator("footer")).toContainText("Checks: the service does not respond.");
  host.show(after(state("find-scheduled"), 2));
  await expect(page.locator("footer")).not.toContainText("does not respond");
  agreed("one-thing-stops", await said(page), [polite("Checks: the service does not respond.")]);
});

test("said: children are checked, with a pause, to the end", async ({ page, open }) => {
  const host = await open(state("clinic-to-check"));
  await said(page);
  const status = page.getByRole("main");
  host.show(after(state("clinic-checking")));
  await expect(status).toContainText("Checking 2 of 4");
  host.show(after(state("clinic-paused"), 2));
  await expect(status).toContainText("asked for a pause");
  host.show(after(state("clinic-checked"), 3));
  await expect(status).toContainText("4 of 5 checked");
  agreed("clinic", await said(page), [
    polite("Checking 2 of 4"),
    polite("Checking 2 of 4 The service asked for a pause. The checks go on at 09:14."),
    polite("4 of 5 checked at 09:02. The others are under Not checked or To check."),
  ]);
});

test("said: back online, by the heading of its page", async ({ page, open }) => {
  const offline = { state: "offline", since: at("09:10") } as const;
  const host = await open({ ...state("clinic-saved"), connectivity: offline });
  await said(page);
  host.show(after(state("clinic-back-online")));
  await expect(page.locator("h1")).toBeFocused();
  await expect(page.locator("h1")).toHaveText("You are back online. 3 children were not checked");
  agreed("back-online", await said(page), [polite("Connected")]);
});

test("said: a result has grown old", async ({ page, open }) => {
  const host = await open({
    ...state("result-stale"),
    screen: { ...state("result-stale").screen, stale: false } as View["screen"],
  });
  await said(page);
  host.show(after(state("result-stale")));
  await expect(page.getByRole("alert").filter({ hasText: "30 minutes" })).toBeVisible();
  agreed("stale", await said(page), [
    assertive(
      "This result is more than 30 minutes old. It was checked on 22 November 2026 at 10:42. Something may have changed since. Check again if you still need it.",
    ),
  ]);
});

test("said: nothing of a copy but its heading, old or not", async ({ page, open }) => {
  const clinic = state("clinic-offline");
  const host = await open(clinic);
  await said(page);
  // One time without a network, which was said when it began.
  const { connectivity } = clinic;
  host.show({ ...after(state("result-copy")), connectivity });
  await expect(page.getByRole("heading", { name: "Child protection plan in place" })).toBeFocused();
  host.show({ ...after(state("clinic-out-of-date-offline"), 2), connectivity });
  await expect(page.getByRole("heading", { name: "Out of date" })).toBeFocused();
  agreed("copy", await said(page), []);
});

test("said: the program is about to lock", async ({ page, open }) => {
  await page.clock.install({ time: new Date(at("09:59")) });
  const host = await open(state("find-scheduled"));
  await page.clock.pauseAt(new Date(at("10:00")));
  await said(page);
  host.show({ ...after(state("find-scheduled")), lockWarning: 120 });
  await expect(page.getByRole("dialog", { name: "Are you still there?" })).toBeVisible();
  for (let second = 0; second < 119; second += 1) await page.clock.runFor(1_000);
  agreed("about-to-lock", await said(page), [
    polite("It locks in 1 minute."),
    polite("It locks in 30 seconds."),
    polite("It locks in 10 seconds."),
  ]);
});

test("said: a file for support was saved, and the record tried again", async ({ page, open }) => {
  const host = await open(state("record-refused"));
  await said(page);
  host.answer("save_for_support", after(state("record-not-saved")));
  await page.getByRole("button", { name: "Save a file for support" }).click();
  await expect(page.getByText("The file could not be saved")).toBeVisible();
  host.show(after(state("record-tried-again"), 2));
  await expect(page.locator("h1")).toHaveText("The record is on its way");
  host.show(after(state("record-refused-again"), 3));
  await expect(page.locator("h1")).toHaveText("A record needs attention");
  const stuck =
    "The record of your check made 22 November 2026 at 09:11 has not reached the service. You do not need to check the child again.";
  agreed("record", await said(page), [
    polite(
      "Information: The file could not be saved. Tell your IT department the reference. The record is still safe on this computer.",
    ),
    polite(
      "The record of your check made 22 November 2026 at 09:11 waits to be sent. It leaves by itself.",
    ),
    polite("Information: The program tried again, and the service still does not take the record."),
    polite(stuck),
  ]);
});

test("said: this computer was enrolled", async ({ page, open }) => {
  const host = await open(state("settings-not-enrolled"));
  host.answer("enrol", after(state("settings-enrolling")));
  await said(page);
  await page.getByLabel("Enrolment code").fill("abcd-1234");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Enrolling…").first()).toBeVisible();
  host.show(after(state("settings-enrolled"), 2));
  await expect(page.getByRole("heading", { name: "Enrolment of this computer" })).toBeFocused();
  agreed("enrolled", await said(page), [
    polite("Enrolling…"),
    polite("This computer is enrolled. It can send the records of your checks."),
  ]);
});

test("said: a role was not chosen", async ({ page, open }) => {
  await open(state("choose-role-two-modes"));
  await said(page);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.locator(".nhsuk-error-summary")).toBeFocused();
  agreed("role-not-chosen", await said(page), [assertive("There is a problem Choose a role")]);
});

test("said: nothing of a lock but its heading", async ({ page, open }) => {
  const host = await open(state("result-child-protection"));
  await said(page);
  host.show(after(state("locked-idle"), 2));
  await expect(page.getByLabel("Passcode")).toBeFocused();
  agreed("lock", await said(page), []);
});
