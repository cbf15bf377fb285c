import type { BrowserContext, Locator, Page } from "@playwright/test";
import path from "node:path";
import { signIn } from "../console/test";
import { violations } from "../gallery/axe";
import { expect } from "../journeys/journey";
import type { Workplace } from "../journeys/workplace";

/** A trainer at the console: the inbox stays open on one page, the weather is set on another. */
export class Trainer {
  readonly inbox: Page;
  readonly #desk: Page;
  readonly #url: string;
  readonly #pictures: string;

  private constructor(inbox: Page, desk: Page, url: string, pictures: string) {
    this.inbox = inbox;
    this.#desk = desk;
    this.#url = url;
    this.#pictures = pictures;
  }

  /** Signs in and opens the inbox of an authority. */
  static async at(
    context: BrowserContext,
    workplace: Workplace,
    authority: string,
    pictures: string,
  ): Promise<Trainer> {
    const [inbox, desk] = [await context.newPage(), await context.newPage()];
    await signIn(desk, workplace.url, workplace.trainersPasscode);
    const url = `${workplace.url}/trainer/class/default`;
    await inbox.goto(`${url}/inbox?authority=${authority}`);
    const trainer = new Trainer(inbox, desk, url, pictures);
    await expect(trainer.state).toHaveText("The lists keep themselves up to date.");
    return trainer;
  }

  /** What the inbox says of itself. */
  get state(): Locator {
    return this.inbox.locator("#inbox-state");
  }

  /** The looks in the inbox, the last to reach it first. */
  get looks(): Locator {
    return this.inbox
      .getByRole("table", { name: "Accesses, the last to reach us first" })
      .locator("tbody")
      .getByRole("row");
  }

  /** Sets the weather, by its name. */
  async weather(name: string): Promise<void> {
    await this.#desk.goto(`${this.#url}/weather`);
    await this.#desk.getByRole("radio", { name, exact: true }).check();
    await this.#desk.getByRole("button", { name: "Set the weather" }).click();
    await expect(this.#desk.getByRole("status")).toHaveText(`Done: the weather is now "${name}".`);
  }

  /** Looks at the inbox with axe and takes its picture. */
  async look(picture: string): Promise<void> {
    expect(await violations(this.inbox), picture).toEqual([]);
    const file = path.join(this.#pictures, `${picture}.png`);
    await this.inbox.screenshot({ path: file, fullPage: true });
  }
}
