import type { Locator, Page } from "@playwright/test";
import { expect } from "./journey";
import type { Child } from "./children";

/** More than any screen has: what is not reached after so many presses is not reached. */
const MANY = 80;

/** A person who has no mouse, and what that costs them. */
export class Keyboard {
  /** What was done: one deliberate operation each, such as filling in one field or one date. */
  actions: string[] = [];
  /** How many keys were pressed. */
  presses = 0;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** An operation outside the window. */
  count(action: string): void {
    this.actions.push(action);
  }

  async action(name: string, keys: () => Promise<void>): Promise<void> {
    this.actions.push(name);
    await keys();
  }

  /** Counts anew, for the next child. */
  startAgain(): void {
    this.actions = [];
    this.presses = 0;
  }

  async press(key: string): Promise<void> {
    this.presses += 1;
    await this.#page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    for (const key of text) await this.press(key);
  }

  /** From the NHS number on. */
  async typeBirthDate({ day, month, year }: Child): Promise<void> {
    for (const part of [day, month, year]) {
      await this.press("Tab");
      await this.type(part);
    }
  }

  /** Goes on with Tab (or another key) until the focus is here; on the way it is never nowhere. */
  async reach(place: Locator, key = "Tab"): Promise<void> {
    await expect(place).toBeVisible();
    for (let press = 0; press < MANY; press += 1) {
      await this.press(key);
      const at = await this.#focused();
      expect(at.seen, `the focus can be seen at ${at.element}`).toBe(true);
      if (await place.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`${String(place)} is not reached by ${key}`);
  }

  /** Goes round the whole window once and ends where it began: nothing holds the keyboard. */
  async goRound(): Promise<number> {
    const start = await this.#page.evaluateHandle(() => document.activeElement);
    for (let stops = 1; stops < MANY; stops += 1) {
      await this.press("Tab");
      if (await start.evaluate((element) => element === document.activeElement)) return stops;
      const next = await this.#focused();
      expect(next.seen, `the focus can be seen at ${next.element}`).toBe(true);
      // A heading is where a person arrives, not where Tab stops: from there the round is over
      // when its first stop comes again.
      if (stops > 1 && next.element === this.#first) return stops - 1;
      if (stops === 1) this.#first = next.element;
    }
    throw new Error("the keyboard does not come round the window");
  }

  #first = "";

  async #focused(): Promise<{ element: string; seen: boolean }> {
    return this.#page.evaluate(() => {
      const at = document.activeElement;
      // Between the end of the page and its start a browser has the focus itself.
      if (at === null || at === document.body) return { element: "the browser", seen: true };
      const { left, top, width, height } = at.getBoundingClientRect();
      const over = document.elementFromPoint(left + width / 2, top + height / 2);
      const seen =
        over !== null && (at.contains(over) || over.contains(at) || over.closest("label") !== null);
      return { element: at.outerHTML.slice(0, 160), seen };
    });
  }
}
