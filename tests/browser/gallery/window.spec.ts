import type { Page } from "@playwright/test";
import { after, state } from "./states/named";
import { at, live, signedIn } from "./states/state";
import { expect, test } from "./test";

const RESULT = state("result-child-protection");
const FIND = state("find-scheduled");
const SIGN_IN = state("sign-in-one-card");
const HELP = state("help");
const LOCKED = after(state("locked-asked"), 5);

/** Everything of a person on the result, as it is written and as it crossed. */
const IDENTIFIERS =
  /smith|jodie|999 ?000 ?0018|6 August 2018|2018-08-06|Northmoor|01632|Asha|Patel|child protection plan/i;

/** All text, attributes and typed values of the page. */
const everything = (page: Page) =>
  page.evaluate(() => {
    const typed = [...document.querySelectorAll("input")].map(({ value }) => value);
    return [document.documentElement.outerHTML, document.title, ...typed].join("\n");
  });

test("a lock leaves no identifier in the window", async ({ page, open }) => {
  const host = await open(RESULT);
  expect(await everything(page)).toMatch(IDENTIFIERS);
  host.show(LOCKED);
  await expect(page.getByRole("heading", { name: "Locked" })).toBeVisible();
  expect(await everything(page)).not.toMatch(IDENTIFIERS);
});

test("a lock takes away what was typed, also after unlocking", async ({ page, open }) => {
  const host = await open(FIND);
  await page.getByLabel("NHS number").fill("999 000 0018");
  await page.getByLabel("Year").fill("2018");
  host.show(LOCKED);
  await expect(page.getByRole("heading", { name: "Locked" })).toBeVisible();
  expect(await everything(page)).not.toMatch(/999 000 0018|2018/);
  host.show(after(FIND, 9));
  await expect(page.getByLabel("NHS number")).toHaveValue("");
  await expect(page.getByLabel("Year")).toHaveValue("");
});

test("an older view does not replace a newer one", async ({ page, open }) => {
  const host = await open(LOCKED);
  // What is drawn even for a moment is noted.
  await page.evaluate(() => {
    const drawn: string[] = [];
    const note = () => drawn.push(document.documentElement.outerHTML);
    new MutationObserver(note).observe(document, {
      childList: true,
      characterData: true,
      subtree: true,
    });
    Object.assign(window, { drawn });
  });
  host.push(after(RESULT, 2));
  host.push(after(state("locked-idle"), 7));
  await expect(page.getByText("locked itself at 11:02")).toBeVisible();
  const drawn = await page.evaluate(() => (window as unknown as { drawn: string[] }).drawn);
  expect(drawn.length).toBeGreaterThan(0);
  expect(drawn.join("\n")).not.toMatch(IDENTIFIERS);
});

test("a program that stopped leaves nothing on the screen", async ({ page, open }) => {
  const host = await open(RESULT);
  host.refuse({ code: "stopped", message: "closing" });
  await page.getByRole("button", { name: "Find another child" }).click();
  await expect(page.getByRole("heading", { name: "CP-IS Check has stopped" })).toBeFocused();
  expect(await everything(page)).not.toMatch(IDENTIFIERS);
});

test("a command that no longer fits draws the present view", async ({ page, open }) => {
  const host = await open(RESULT);
  host.refuse({ code: "not-now", message: "the program is locked" });
  host.answer("view", LOCKED);
  await page.getByRole("button", { name: "Find another child" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Locked");
});

test("another result is drawn anew, and the focus goes to it", async ({ page, open }) => {
  const host = await open(RESULT);
  await page.locator("h1").evaluate((heading) => heading.setAttribute("data-old", ""));
  await page.getByRole("button", { name: "Find another child" }).focus();
  const next = structuredClone(after(RESULT));
  if (next.screen.kind === "result") next.screen.shown.reference = "another";
  host.show(next);
  await expect(page.getByText("another", { exact: true })).toBeVisible();
  await expect(page.locator("[data-old]")).toHaveCount(0);
  await expect(page.locator("h1")).toBeFocused();
});

test("a passcode is gone as soon as it is sent", async ({ page, open }) => {
  const host = await open(SIGN_IN);
  host.answer("sign_in", after(state("sign-in-busy")));
  await page.getByRole("button", { name: "Show digits" }).click();
  await page.getByLabel("Passcode").fill("4711");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Signing in…").first()).toBeVisible();
  await expect
    .poll(() => host.sent)
    .toEqual([{ name: "sign_in", args: { card: "card-1", passcode: "4711" } }]);
  expect(await everything(page)).not.toContain("4711");
  await expect(page.getByLabel("Passcode")).toHaveAttribute("type", "password");

  // A second press while the first is on its way is no second try.
  await page.getByRole("button", { name: "Sign in" }).click();
  host.show(after(state("sign-in-fault-wrong-passcode"), 3));
  await expect(page.locator(".nhsuk-error-summary")).toBeFocused();
  await expect(page).toHaveTitle("Error: Sign in - CP-IS Check");
  expect(host.sent).toHaveLength(1);

  await page.getByRole("link", { name: /passcode is wrong. 1 try left/ }).click();
  await expect(page.getByLabel("Passcode")).toBeFocused();
});

test("what is typed goes out as it was typed, once", async ({ page, open }) => {
  const host = await open(FIND);
  await page.keyboard.type("9990000018");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("NHS number")).toHaveValue("999 000 0018");
  await page.keyboard.type("6");
  await page.keyboard.press("Tab");
  await page.keyboard.type("8");
  await page.keyboard.press("Tab");
  await page.keyboard.type("2018");
  host.answer("find_child", after(state("checking-records")));
  const release = host.hold();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect.poll(() => host.sent.length).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Find child" }).click();
  release();
  await expect(page.getByRole("heading", { name: "Checking" })).toBeFocused();
  await expect
    .poll(() => host.sent)
    .toEqual([
      {
        name: "find_child",
        args: { nhsNumber: "999 000 0018", day: "6", month: "8", year: "2018" },
      },
    ]);
  host.show(after(RESULT, 2));
  await expect(page.getByRole("heading", { name: "Child protection plan in place" })).toBeFocused();
});

test("digits are not moved to the next field", async ({ page, open }) => {
  await open(FIND);
  await page.getByLabel("Day").focus();
  await page.keyboard.type("12");
  await expect(page.getByLabel("Day")).toBeFocused();
});

test("a pasted line fills number and date", async ({ page, open }) => {
  await open(FIND);
  await page.getByLabel("NHS number").evaluate((field, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    field.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
    );
  }, "999 000 0018 07/03/2019");
  await expect(page.getByLabel("NHS number")).toHaveValue("999 000 0018");
  await expect(page.getByLabel("Day")).toHaveValue("07");
  await expect(page.getByLabel("Month")).toHaveValue("03");
  await expect(page.getByLabel("Year")).toHaveValue("2019");
});

test("faults keep what was typed and do not take the focus twice", async ({ page, open }) => {
  const host = await open(FIND);
  host.answer("find_child", after(state("find-check-digit")));
  await page.getByLabel("NHS number").fill("9990000019");
  await page.getByRole("button", { name: "Find child" }).click();
  await expect(page.locator(".nhsuk-error-summary")).toBeFocused();
  await page.getByRole("link", { name: /not valid/ }).click();
  await expect(page.getByLabel("NHS number")).toBeFocused();
  await expect(page.getByLabel("NHS number")).toHaveValue("999 000 0019");

  // News of the connection comes while the person corrects the number.
  host.show({
    ...after(state("find-check-digit"), 2),
    connectivity: { state: "offline", since: at("09:12") },
  });
  await expect(page.getByText("Offline since 09:12")).toBeVisible();
  await expect(page.getByLabel("NHS number")).toBeFocused();
  await expect(page.getByLabel("NHS number")).toHaveValue("999 000 0019");
});

test("a decision is sent once", async ({ page, open }) => {
  const host = await open(state("not-checked-superseded"));
  host.answer("use_current_number", after(state("checking-identity")));
  await page.getByRole("button", { name: "Check 999 000 0034" }).dblclick();
  await expect(page.getByRole("heading", { name: "Checking" })).toBeVisible();
  await expect.poll(() => host.sent).toEqual([{ name: "use_current_number", args: {} }]);
});

test("a short check shows nothing in between, a long one goes on speaking", async ({
  page,
  open,
}) => {
  await page.clock.install({ time: new Date(at("09:59")) });
  const host = await open(FIND);
  await page.clock.pauseAt(new Date(at("10:00")));
  const checking = signedIn({ kind: "checking", stage: "identity", since: at("10:00") });
  host.show(after(checking));
  const words = page.locator("main").getByText("Finding the person with this NHS number");
  await expect(page.getByRole("heading", { name: "Checking" })).toBeFocused();
  await expect(words).toHaveCount(0);
  await page.clock.runFor(400);
  await expect(words).toBeVisible();
  await expect(page.getByRole("button", { name: "Cancel" })).toBeVisible();
  await expect(page.getByRole("status").last()).toHaveText(/Finding the person/);
  await page.clock.runFor(5_000);
  await expect(page.getByRole("status").last()).toHaveText(/Still checking/);
});

test("use is reported at most every 30 seconds, and only of somebody", async ({ page, open }) => {
  await page.clock.install({ time: new Date(at("09:59")) });
  const host = await open(HELP);
  await page.clock.pauseAt(new Date(at("10:00")));
  let moves = 0;
  const use = async () => {
    moves += 1;
    await page.keyboard.press("Shift");
    await page.mouse.move(200 + moves, 200);
  };
  await use();
  await use();
  await expect.poll(host.activity).toBe(1);
  await page.clock.runFor(31_000);
  await use();
  await expect.poll(host.activity).toBe(2);
  // What a script does is nobody's use.
  await page.clock.runFor(31_000);
  await page.evaluate(() => window.dispatchEvent(new KeyboardEvent("keydown", { key: "a" })));
  // Nor is a mouse that rests: browsers say that it moved when the page moves under it.
  await page.mouse.move(200 + moves, 200);
  host.show(after(live({ kind: "help" }), 5));
  await expect(page.getByRole("button", { name: "Lock" })).toHaveCount(0);
  await use();
  expect(host.activity()).toBe(2);
});

test("keys lead to places", async ({ page, open }) => {
  const host = await open(HELP);
  await page.keyboard.press("Control+k");
  await page.keyboard.press("F1");
  await page.keyboard.press("Control+l");
  await expect
    .poll(() => host.sent)
    .toEqual([
      { name: "go", args: { place: "find" } },
      { name: "go", args: { place: "help" } },
      { name: "lock", args: {} },
    ]);
});

test("on the form, Ctrl and K goes to the NHS number", async ({ page, open }) => {
  const host = await open(FIND);
  await page.getByLabel("Year").focus();
  await page.keyboard.press("Control+k");
  await expect(page.getByLabel("NHS number")).toBeFocused();
  expect(host.sent).toEqual([]);
});

test("F6 goes through the parts of the window", async ({ page, open }) => {
  await open(HELP);
  const parts = ["main", "footer", "header", "nav", "main"];
  await page.locator("main").focus();
  for (const part of parts.slice(1)) {
    await page.keyboard.press("F6");
    await expect(page.locator(part)).toBeFocused();
  }
  await page.keyboard.press("Shift+F6");
  await expect(page.locator("nav")).toBeFocused();
});

test("the skip link comes first and leads to the content", async ({ page, open }) => {
  await open(HELP);
  await page.locator("header").focus();
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("link", { name: "Skip to main content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
});

test("a change of the connection is said politely, without moving the focus", async ({
  page,
  open,
}) => {
  const host = await open(FIND);
  const connectivity = page.locator("footer").getByRole("status");
  await expect(connectivity).toHaveText("Connected");
  host.show({ ...after(FIND), connectivity: { state: "offline", since: at("09:12") } });
  await expect(connectivity).toHaveText("Offline since 09:12");
  await expect(page.getByLabel("NHS number")).toBeFocused();
});

test("the public key is copied, and that is said", async ({ page, open, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const view = state("settings-enrolled");
  await open(view);
  await page.getByRole("button", { name: "Copy the public key" }).click();
  await expect(page.getByText("The public key is copied.")).toHaveAttribute("role", "status");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(JSON.parse(copied)).toMatchObject({ kty: "RSA", use: "sig" });
  expect(Object.keys(JSON.parse(copied) as object).sort()).toEqual([
    "alg",
    "e",
    "kid",
    "kty",
    "n",
    "use",
  ]);
});

test("a key that cannot be copied is selected for the person", async ({ page, open }) => {
  await open(state("settings-not-enrolled"));
  await page.evaluate(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
  });
  await page.getByRole("button", { name: "Copy the public key" }).click();
  await expect(page.getByText("press Ctrl + C")).toHaveAttribute("role", "status");
  const key = page.getByRole("textbox", { name: "Public key" });
  await expect(key).toBeFocused();
  const selected = await key.evaluate((field: HTMLTextAreaElement) =>
    field.value.slice(field.selectionStart, field.selectionEnd),
  );
  expect(selected).toBe(await key.inputValue());
});

test("the report of the connection can be copied, and names nobody", async ({
  page,
  open,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const view = state("settings-connection-certificate");
  await open(view);
  await page.getByRole("button", { name: "Copy the report" }).click();
  await expect(page.getByText("The report is copied.")).toHaveAttribute("role", "status");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(await page.locator("#connection-report").inputValue());
  expect(copied).toContain("Example Inspecting Proxy");
  // Who is signed in is on the screen, and not in the report.
  expect(view.user?.name).toBeTruthy();
  expect(copied).not.toContain(view.user?.name ?? "");
});

test("the reference of a record, and what to ask the authority for, can be copied", async ({
  page,
  open,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(state("record-refused"));
  await page.getByRole("button", { name: "Copy the reference" }).click();
  await expect(page.getByText("The reference is copied.")).toHaveAttribute("role", "status");
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  expect(await copied()).toMatch(/^[0-9a-f-]{36}$/);
  await open(state("choose-role-none"));
  await page.getByRole("button", { name: "Copy this text" }).click();
  await expect(page.getByText("The text is copied.")).toHaveAttribute("role", "status");
  expect(await copied()).toContain("B0170");
});

test("the role that was taken last is preselected, and not taken by itself", async ({
  page,
  open,
}) => {
  const host = await open(state("choose-role-last"));
  await expect(page.getByRole("radio").nth(1)).toBeChecked();
  expect(host.sent).toEqual([]);
  await open(state("choose-role-two-modes"));
  await expect(page.getByRole("radio", { checked: true })).toHaveCount(0);
});
