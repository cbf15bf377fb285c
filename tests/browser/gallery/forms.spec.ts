import type { Screen } from "../../../ui/src/bindings/Screen";
import { after, state } from "./states/named";
import { expect, test } from "./test";

test("a practice card is chosen and its passcode is beside it", async ({ page, open }) => {
  const host = await open(state("sign-in-practice"));
  await page.getByLabel("Mr Bertram Sample-Otter").check();
  await expect(page.getByText(/The passcode is 2345\./)).toBeVisible();
  await page.getByLabel("Passcode").fill("2345");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect
    .poll(() => host.sent)
    .toEqual([{ name: "sign_in", args: { card: "card-2", passcode: "2345" } }]);
});

test("several real cards: none is chosen for the person", async ({ page, open }) => {
  const host = await open(state("sign-in-several-cards"));
  await expect(page.getByRole("radio", { checked: true })).toHaveCount(0);
  await page.getByLabel("Passcode").fill("1234");
  await page.keyboard.press("Enter");
  await expect
    .poll(() => host.sent)
    .toEqual([{ name: "sign_in", args: { card: "", passcode: "1234" } }]);
});

test("a chosen card stays chosen while another is put in", async ({ page, open }) => {
  const view = state("sign-in-several-cards");
  const host = await open(view);
  await page.getByLabel("Sam Okoro").check();
  const screen = view.screen as Extract<Screen, { kind: "sign-in" }>;
  const third = { id: "card-9", name: "Idris Vale", purpose: null, practicePasscode: null };
  host.show(after({ ...view, screen: { ...screen, cards: [third, ...screen.cards] } }));
  await expect(page.getByLabel("Idris Vale")).toBeVisible();
  await expect(page.getByLabel("Sam Okoro")).toBeChecked();
});

test("continuing without a role says so, in the title too", async ({ page, open }) => {
  const host = await open(state("choose-role-two-modes"));
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.locator(".nhsuk-error-summary")).toBeFocused();
  await expect(page).toHaveTitle("Error: Choose your role - CP-IS Check");
  expect(host.sent).toEqual([]);

  await page.getByRole("link", { name: "Choose a role" }).click();
  await expect(page.getByRole("radio").first()).toBeFocused();
  await page.getByLabel("Community Paediatrician, unscheduled care").check();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect.poll(() => host.sent).toEqual([{ name: "choose_role", args: { choice: "r2" } }]);
});

test("a role that cannot check is folded away, with what to ask for", async ({ page, open }) => {
  await open(state("choose-role-some-ineligible"));
  await expect(page.getByText("B0107").first()).toBeHidden();
  await page.getByText("3 roles that cannot check a child").click();
  await expect(page.getByText(/B0170, View CP-IS flag without/)).toBeVisible();
  await expect(page.getByText("Clinic Receptionist")).toBeVisible();
});

test("a refused enrolment code brings the focus to the reason", async ({ page, open }) => {
  const host = await open(state("settings-not-enrolled"));
  // The answer comes at once; how the enrolment ended comes later.
  host.answer("enrol", after(state("settings-enrolling")));
  await page.getByLabel("Enrolment code").fill(" abcd-1234 ");
  await page.keyboard.press("Enter");
  await expect.poll(() => host.sent).toEqual([{ name: "enrol", args: { code: "abcd-1234" } }]);
  await expect(page.getByText("Enrolling…").first()).toBeVisible();
  host.show(after(state("settings-code-refused"), 2));
  await expect(page.locator(".nhsuk-error-summary")).toBeFocused();
  await expect(page.getByLabel("Enrolment code")).toHaveValue(" abcd-1234 ");
});

test("the queue can be sent, and one record opened", async ({ page, open }) => {
  const host = await open(state("to-send-all-reasons"));
  await page.getByRole("button", { name: "Send now" }).click();
  await page
    .getByRole("button", {
      name: "What you can do about the record of 22 November 2026 at 09:14",
    })
    .click();
  await expect
    .poll(() => host.sent)
    .toEqual([
      { name: "send_now", args: {} },
      { name: "open_record", args: { id: "019a9f3e-7c41-7d20-9b52-000000000004" } },
    ]);
});

test("a record can be saved for support and tried again", async ({ page, open }) => {
  const host = await open(state("record-refused"));
  host.answer("save_for_support", after(state("record-saved")));
  await page.getByRole("button", { name: "Save a file for support" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved as" })).toBeVisible();
  host.answer("try_again", after(state("record-tried-again"), 2));
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The record is on its way");
  host.show(after(state("record-sent"), 3));
  await expect(page.getByRole("status").filter({ hasText: "has the record" })).toBeVisible();
  await expect
    .poll(() => host.sent)
    .toEqual([
      { name: "save_for_support", args: {} },
      { name: "try_again", args: { id: "019a9f3e-7c41-7d20-9b52-000000000001" } },
    ]);
});

test("somebody who closes the program can stay or go", async ({ page, open }) => {
  const host = await open(state("closing-offline"));
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Keep open" })).toBeFocused();
  await page.getByRole("button", { name: "Close now" }).click();
  await page.getByRole("button", { name: "Keep open" }).click();
  await expect
    .poll(() => host.sent)
    .toEqual([
      { name: "close", args: {} },
      { name: "keep_open", args: {} },
    ]);
});

test("the practice network is a switch", async ({ page, open }) => {
  const host = await open(state("find-practice"));
  const network = page.getByRole("switch", { name: "Practice network" });
  await expect(network).toBeChecked();
  const next = after(state("find-practice"));
  host.answer("set_practice_weather", {
    ...next,
    practice: next.practice && { ...next.practice, weather: "offline" },
  });
  await network.click();
  await expect(network).not.toBeChecked();
  await expect
    .poll(() => host.sent)
    .toEqual([{ name: "set_practice_weather", args: { weather: "offline" } }]);
  await expect(page.getByText("Now: there is no network")).toBeVisible();
});

test("a check can be cancelled", async ({ page, open }) => {
  const host = await open(state("checking-records"));
  host.answer("cancel_check", after(state("not-checked-cancelled")));
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { name: "Not checked" })).toBeFocused();
  await expect.poll(() => host.sent).toEqual([{ name: "cancel_check", args: {} }]);
});

test("a made-up child fills the form in, and is not checked by that", async ({ page, open }) => {
  const host = await open(state("find-practice"));
  await page.getByRole("button", { name: "Change the practice" }).click();
  const scenario = page.getByRole("region", { name: "What to practise" });
  await scenario.getByLabel("Made-up child").selectOption({ index: 1 });
  host.answer("use_practice_child", after(state("find-practice-filled")));
  await scenario.getByRole("button", { name: "Fill in the form" }).click();
  await expect(page.getByLabel("NHS number")).toHaveValue("999 000 0018");
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  for (const [part, value] of [
    ["Day", "6"],
    ["Month", "8"],
    ["Year", "2018"],
  ] as const) {
    await expect(page.getByLabel(part)).toHaveValue(value);
  }
  await expect
    .poll(() => host.sent)
    .toEqual([{ name: "use_practice_child", args: { case: "unborn-child" } }]);
});

test("live mode has no scenario, whatever comes with a view", async ({ page, open }) => {
  await open({ ...state("find-practice"), program: "live" });
  await expect(page.getByRole("button", { name: "Change the practice" })).toHaveCount(0);
  await expect(page.getByRole("switch")).toHaveCount(0);
});

test("parts that are missing are named together", async ({ page, open }) => {
  await open(state("find-day-and-month-missing"));
  const sentence = "The date of birth must include a day and a month";
  await expect(page.locator(".nhsuk-error-summary__list li")).toHaveText([sentence]);
  await expect(page.locator("#birth-error")).toContainText(sentence);
});

test("a check that was not made can be asked again, once", async ({ page, open }) => {
  const host = await open(state("not-checked-service-unavailable"));
  host.answer("check_again", after(state("checking-records")));
  await page.getByRole("button", { name: "Check again" }).dblclick();
  await expect(page.getByRole("heading", { name: "Checking" })).toBeAttached();
  await expect.poll(() => host.sent).toEqual([{ name: "check_again", args: {} }]);
});

test("from help there is a way back to the result", async ({ page, open }) => {
  const host = await open(state("help-with-a-result"));
  const menu = page.getByRole("navigation");
  await expect(menu.getByRole("button", { name: "Back to the result" })).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: "Back to the result" }).click();
  await expect.poll(() => host.sent).toEqual([{ name: "go", args: { place: "result" } }]);
});

test("the menu stays where it is when there is a way back to the result", async ({
  page,
  open,
}) => {
  const places = async () =>
    Promise.all(
      ["Find a child", "Clinic list", "To send", "Settings", "Help"].map((name) =>
        page.getByRole("navigation").getByRole("button", { name, exact: true }).boundingBox(),
      ),
    );
  const host = await open(state("result-child-protection"));
  const before = await places();
  host.show(after(state("help-with-a-result")));
  await expect(page.getByRole("button", { name: "Back to the result" })).toHaveCount(2);
  expect((await places()).map((place) => place?.x)).toEqual(before.map((place) => place?.x));
});

test("a reset of the practice cards is confirmed", async ({ page, open }) => {
  await open(state("sign-in-practice"));
  await page.getByRole("button", { name: "Reset the practice cards" }).click();
  await expect(page.getByText("All practice cards have three tries again.")).toBeVisible();
});
