import type { Locator, Page } from "@playwright/test";
import type { View } from "../../../ui/src/bindings/View";
import { note } from "../evidence/notes";
import { contrast, type Colour } from "./contrast";
import { states } from "./states";
import type { State } from "./states/state";
import { expect, test, type Open } from "./test";
import type { Tour } from "./tour";
import { TRACKER_FAULTS } from "./tracker";

const state = (name: string): State => {
  const found = states.find((one) => one.name === name);
  if (!found) throw new Error(`no state ${name}`);
  return found;
};
const after = (view: View, more = 1): View => ({ ...view, revision: view.revision + more });

/** Where the menu leads. */
const PLACES = {
  "Find a child": state("find-scheduled"),
  "To send": state("to-send-waiting"),
  Settings: state("settings-enrolled"),
  Help: state("help"),
};

/** What the keyboard must reach next from a place on the page. */
const nextAfter = (place: Locator): Promise<string> =>
  place.evaluate((here) => {
    const reached = [
      ...document.querySelectorAll<HTMLElement>("a[href], button, input, textarea, summary"),
    ].find(
      (element) =>
        here.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING &&
        element.checkVisibility(),
    );
    return reached?.outerHTML ?? "";
  });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.outerHTML ?? "");

type Proof = (tools: { page: Page; open: Open; tour: Tour }) => Promise<void>;

/** That each of the faults is absent here, in their order. */
const PROOFS: readonly Proof[] = [
  async ({ page, open }) => {
    const host = await open(state("help-with-a-result").view);
    let revision = 20;
    for (const [place, { view, heading, focus }] of Object.entries(PLACES)) {
      host.answer("go", { ...view, revision: (revision += 1) });
      await page.getByRole("navigation").getByRole("button", { name: place }).first().focus();
      await page.keyboard.press("Enter");
      await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      const arrived = page.locator(focus ?? "h1");
      await expect(arrived).toBeFocused();
      // What is read, and what Tab reaches, go on from there.
      const expected = await nextAfter(arrived);
      await page.keyboard.press("Tab");
      expect(await focused(page), place).toBe(expected);
    }
  },

  async ({ page, open }) => {
    await open(state("help").view);
    const skip = page.getByRole("link", { name: "Skip to main content" });
    // From where a person arrives, backwards past the menu: nothing holds the focus back.
    for (let press = 0; press < 30; press += 1) {
      await page.keyboard.press("Shift+Tab");
      if (await skip.evaluate((link) => link === document.activeElement)) break;
    }
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await page.keyboard.press("Enter");
    await expect(page.locator("main")).toBeFocused();
    // From the very start of the page it is the first.
    await page.evaluate(() => {
      document.body.tabIndex = -1;
      document.body.focus();
    });
    await page.keyboard.press("Tab");
    await expect(skip).toBeFocused();
  },

  async ({ tour }) => {
    for (const [name, words] of [
      ["help", "A local authority has a plan to keep this child safe"],
      ["find-scheduled", "10 digits, like 999 123 4567"],
      ["settings-enrolled", "These cannot be changed here"],
      ["result-nothing", "It has no record for this NHS number"],
    ] as const) {
      await tour.visit(state(name));
      const place = tour.page.getByText(words);
      await place.click();
      const expected = await nextAfter(place);
      await tour.page.keyboard.press("Tab");
      expect(await focused(tour.page), name).toBe(expected);
    }
  },

  async ({ tour: { page }, tour }) => {
    for (const { name, hints } of [
      { name: "find-empty-fields", hints: { "NHS number": /10 digits.*Enter the NHS number/ } },
      { name: "find-check-digit", hints: { "NHS number": /10 digits.*not valid/ } },
      { name: "locked-wrong-passcode", hints: { Passcode: /4 to 8 digits.*wrong/ } },
      { name: "choose-passcode-shape", hints: { Passcode: /cannot guess.*must be 4 to 8/ } },
      { name: "settings-code-refused", hints: { "Enrolment code": /as it was given.*not accept/ } },
    ] as const) {
      await tour.visit(state(name));
      for (const [label, hint] of Object.entries(hints)) {
        await expect(page.getByLabel(label, { exact: true })).toHaveAccessibleDescription(hint);
      }
    }
    await tour.visit(state("find-month-missing"));
    await expect(page.getByRole("group", { name: "Date of birth" })).toHaveAccessibleDescription(
      /For example.*must include a month/,
    );
    await tour.visit(state("sign-in-practice"));
    for (const card of await page.getByRole("radio").all()) {
      await expect(card).toHaveAccessibleDescription(/The passcode is \d+/);
    }
  },

  async ({ tour: { page }, tour }) => {
    /** The colours of a radio's words and of its circle, and of everything that marks its focus. */
    const colours = (radio: Locator) =>
      radio.evaluate((input) => {
        const label = input.nextElementSibling!;
        const [words, circle] = [getComputedStyle(label), getComputedStyle(label, "::before")];
        const shadows = [...circle.boxShadow.matchAll(/rgba?\([^)]*\)/g)].map(([colour]) => colour);
        return { words: words.color, circle: circle.borderTopColor, shadows };
      });
    const white: Colour = "rgb(255, 255, 255)";
    for (const name of ["choose-role-two-modes", "sign-in-practice", "sign-in-several-cards"]) {
      await tour.visit(state(name));
      for (const radio of await page.getByRole("radio").all()) {
        const label = radio.locator("+ label");
        for (const bring of [() => label.hover(), () => radio.focus(), () => radio.check()]) {
          await bring();
          const { words, circle } = await colours(radio);
          expect(contrast(words, white), name).toBeGreaterThanOrEqual(4.5);
          expect(contrast(circle, white), name).toBeGreaterThanOrEqual(3);
        }
      }
    }
    // So do the buttons, on whatever they lie.
    for (const name of ["help", "find-not-enrolled", "not-checked-superseded", "result-nothing"]) {
      await tour.visit(state(name));
      for (const button of await page.locator("button, summary").all()) {
        for (const bring of [() => button.hover(), () => button.focus()]) {
          await bring();
          await page.evaluate(() =>
            Promise.all(document.getAnimations().map(({ finished }) => finished)),
          );
          const [ink, back] = await button.evaluate((one) => {
            const opaque = (colour: string) => !/^(transparent|rgba\(.*, 0\))$/.test(colour);
            let at: Element | null = one;
            while (at && !opaque(getComputedStyle(at).backgroundColor)) at = at.parentElement;
            const behind = at ? getComputedStyle(at).backgroundColor : "rgb(255, 255, 255)";
            return [getComputedStyle(one).color, behind] as const;
          });
          expect(contrast(ink, back), `${name}: ${ink} on ${back}`).toBeGreaterThanOrEqual(4.5);
        }
      }
    }
  },

  async ({ page, open }) => {
    const browser = await page.context().newCDPSession(page);
    /** Whether assistive technology hears that things are open, in the order of the page. */
    const expanded = async (): Promise<unknown[]> => {
      const { nodes } = await browser.send("Accessibility.getFullAXTree");
      return nodes.flatMap(({ properties = [] }) =>
        properties.filter(({ name }) => name === "expanded").map(({ value }) => value.value),
      );
    };
    await browser.send("Accessibility.enable");
    for (const name of ["choose-role-some-ineligible", "record-refused"]) {
      await open(state(name).view);
      expect(await expanded()).toEqual([false]);
      await page.locator("summary").focus();
      await page.keyboard.press("Enter");
      await expect.poll(expanded).toEqual([true]);
      await page.keyboard.press("Space");
      await expect.poll(expanded).toEqual([false]);
    }
    // Nothing else opens; the switch says whether it is on, the menu where one is.
    await open(state("find-practice").view);
    await expect(page.locator("[aria-haspopup], [role=menu], [role=tab]")).toHaveCount(0);
    await expect(page.getByRole("switch")).toHaveAttribute("aria-checked", "true");
    await expect(page.locator("nav [aria-current=page]")).toHaveText("Find a child");
  },

  async ({ page, open }) => {
    for (const [from, command, button, to] of [
      ["find-scheduled", "find_child", "Find child", "find-empty-fields"],
      ["find-scheduled", "find_child", "Find child", "result-nothing"],
      ["sign-in-one-card", "sign_in", "Sign in", "sign-in-fault-wrong-passcode"],
      ["sign-in-one-card", "sign_in", "Sign in", "find-unscheduled"],
      ["locked-asked", "unlock", "Unlock", "locked-wrong-passcode"],
      ["choose-passcode", "choose_passcode", "Continue", "choose-passcode-shape"],
      ["settings-not-enrolled", "enrol", "Enrol this computer", "settings-code-refused"],
      ["settings-not-enrolled", "enrol", "Enrol this computer", "settings-enrolled"],
    ] as const) {
      const host = await open(state(from).view);
      host.answer(command, after(state(to).view));
      await page.locator("main").getByRole("button", { name: button, exact: true }).focus();
      await page.keyboard.press("Enter");
      await expect(page.locator("h1")).toHaveText(state(to).heading);
      const place =
        to === "settings-enrolled"
          ? page.getByRole("heading", { name: "Enrolment of this computer" })
          : page.locator(state(to).focus ?? "h1");
      await expect(place, `${from} to ${to}`).toBeFocused();
      await expect(page.locator("main :focus")).toHaveCount(1);
    }
  },

  async ({ page, open }) => {
    const host = await open(state("help").view);
    const seen = new Set<string>();
    let revision = 20;
    for (const { view, heading } of Object.values(PLACES)) {
      host.show({ ...view, revision: (revision += 1) });
      await expect(page.locator("h1")).toHaveText(heading);
      seen.add(await page.title());
    }
    expect(seen.size).toBe(Object.keys(PLACES).length);
    // And over every state there is: a title belongs to one screen.
    expectOneScreenFor(({ title }) => title.replace(/^Error: |\[Practice\] /g, ""));
  },

  async ({ page, open }) => {
    const host = await open(state("help").view);
    const seen = new Set<string>();
    let revision = 20;
    for (const { view, heading } of Object.values(PLACES)) {
      host.show({ ...view, revision: (revision += 1) });
      await expect(page.locator("h1")).toHaveText(heading);
      seen.add(heading);
    }
    expect(seen.size).toBe(Object.keys(PLACES).length);
    expectOneScreenFor(({ heading }) => heading);
  },
];

/** That what a state is called names one screen only. */
function expectOneScreenFor(called: (one: State) => string): void {
  const screens = new Map<string, Set<string>>();
  for (const one of states) {
    if (one.stopped) continue;
    const kinds = screens.get(called(one)) ?? new Set();
    screens.set(called(one), kinds.add(one.view.screen.kind));
  }
  for (const [words, kinds] of screens) expect([...kinds], words).toHaveLength(1);
}

for (const [place, { criterion, fault }] of TRACKER_FAULTS.entries()) {
  test(`absent: ${fault} (${criterion})`, async ({ page, open, tour }) => {
    // Some go through every state.
    test.setTimeout(180_000);
    const proof = PROOFS[place];
    if (!proof) throw new Error("a fault without a proof");
    await proof({ page, open, tour });
    note("tracker-faults", String(place + 1), { criterion, fault });
  });
}
