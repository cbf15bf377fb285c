import type { Page } from "@playwright/test";
import type { Child } from "./children";

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
}
