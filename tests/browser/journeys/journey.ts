import { expect as patient, type Locator, type Page } from "@playwright/test";
import path from "node:path";
import { violations } from "../gallery/axe";
import type { PracticeCase } from "../../../ui/src/bindings/PracticeCase";
import type { Weather } from "../../../ui/src/bindings/Weather";
import { PRACTICE, WEATHERS } from "../../../ui/src/words/practice";
import { PROGRAM, TITLE_ERROR, TITLE_PRACTICE } from "../../../ui/src/words/shell";
import type { Child } from "./children";
import type { Running } from "./programs";

/** Waits longer than usual: the service, too, runs on this machine, and unoptimised. */
export const expect = patient.configure({ timeout: 15_000 });

/** What a screen must be like when a person has come to it. */
export interface Arrival {
  heading: string | RegExp;
  /** The name of the screen in the title of the window. */
  title: string;
  /** The field where the person starts; otherwise the heading. */
  field?: string;
  /** A form was refused: the focus is on the summary of what is wrong. */
  error?: boolean;
  /** The name of the screenshot. */
  picture: string;
}

/** A person at the window of one program. */
export class Journey {
  readonly page: Page;
  readonly host: Running;
  /** Where its pictures go. */
  readonly #pictures: string;

  constructor(page: Page, host: Running, pictures: string) {
    this.page = page;
    this.host = host;
    this.#pictures = pictures;
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  field(name: string): Locator {
    return this.page.getByRole("textbox", { name, exact: true });
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole("heading", { name, exact: true });
  }

  /** A part of the page by its name. */
  region(name: string): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  /** The values of one item of a list of terms, from top to bottom. */
  item(term: string, within: Locator = this.page.getByRole("main")): Locator {
    return within
      .getByText(term, { exact: true })
      .and(this.page.getByRole("term"))
      .locator("xpath=following-sibling::dd[1]");
  }

  /** The words about the connection. */
  get connectivity(): Locator {
    return this.page.getByRole("contentinfo").getByRole("status");
  }

  /** The bar that only practice has. */
  get practiceBar(): Locator {
    return this.page.getByText("PRACTICE - made-up children");
  }

  /** What is practised, beside the banner: opened, if it is not. */
  async scenario(): Promise<Locator> {
    const open = this.button(PRACTICE.open);
    if ((await open.getAttribute("aria-expanded")) === "false") await open.click();
    return this.region(PRACTICE.region);
  }

  /** Fills the form with a made-up person, by what they show. */
  async pick(shows: PracticeCase): Promise<void> {
    const scenario = await this.scenario();
    await scenario.getByLabel(PRACTICE.child).selectOption(shows);
    await scenario.getByRole("button", { name: PRACTICE.fill }).click();
    await expect(this.field("NHS number")).toHaveValue(/^999 /);
  }

  /** Changes what goes wrong. */
  async weather(weather: Weather): Promise<void> {
    const scenario = await this.scenario();
    await scenario.getByRole("radio", { name: WEATHERS[weather], exact: true }).check();
    await scenario.getByRole("button", { name: PRACTICE.setWeather }).click();
    await expect(
      this.page.getByText(PRACTICE.now(WEATHERS[weather]), { exact: true }),
    ).toBeVisible();
  }

  /** Waits for a screen; looks at its focus, its title and with axe; takes its picture. */
  async arrived({ heading, title, field, error, picture }: Arrival): Promise<void> {
    const h1 = this.page.getByRole("heading", { level: 1 });
    await expect(h1).toHaveText(heading);
    await expect(h1).toHaveCount(1);
    const practice = (await this.practiceBar.count()) > 0 ? TITLE_PRACTICE : "";
    await expect(this.page).toHaveTitle(
      `${error ? TITLE_ERROR : ""}${practice}${title} - ${PROGRAM}`,
    );
    await expect(
      error ? this.errorSummary : field === undefined ? h1 : this.field(field),
    ).toBeFocused();
    await this.look(picture);
  }

  /** Looks at the page with axe and takes its picture, in a window as tall as the page. */
  async look(picture: string): Promise<void> {
    expect(await violations(this.page), picture).toEqual([]);
    const window = this.page.viewportSize();
    const height = await this.page.evaluate(() => document.documentElement.scrollHeight);
    if (window !== null) await this.page.setViewportSize({ width: window.width, height });
    await this.page.screenshot({ path: path.join(this.#pictures, `${picture}.png`) });
    if (window !== null) await this.page.setViewportSize(window);
  }

  /** What has the focus can be seen: it is in the window, and nothing lies over it. */
  async seesFocus(): Promise<void> {
    const seen = await this.page.evaluate(() => {
      const at = document.activeElement;
      if (at === null) return false;
      const { left, top, width, height } = at.getBoundingClientRect();
      const shown = document.elementFromPoint(left + width / 2, top + height / 2);
      return shown !== null && (at.contains(shown) || shown.contains(at));
    });
    expect(seen, "what has the focus can be seen").toBe(true);
  }

  /** The block at the top that lists what is wrong. */
  get errorSummary(): Locator {
    return this.page.locator(":focus").filter({
      has: this.page.getByRole("heading", { name: "There is a problem" }),
    });
  }

  /** A practice card, with the passcode printed beside it. */
  async practiceCard(holder: string): Promise<{ card: Locator; passcode: string }> {
    const card = this.page.getByRole("radio", { name: holder, exact: true });
    await expect(card).toHaveAccessibleDescription(/The passcode is \d+\./);
    const hint = await card.evaluate(
      (radio) =>
        document.getElementById(radio.getAttribute("aria-describedby") ?? "")?.textContent ?? "",
    );
    return { card, passcode: /The passcode is (\d+)\./.exec(hint)?.[1] ?? "" };
  }

  /** Signs in with a practice card. */
  async signIn(holder: string): Promise<void> {
    const { card, passcode } = await this.practiceCard(holder);
    await card.check();
    await this.enterPasscode(passcode);
    await expect(this.button("Sign in")).toHaveCount(0);
  }

  /** Types a passcode and presses the button under it. */
  async enterPasscode(passcode: string, button = "Sign in"): Promise<void> {
    await this.field("Passcode").fill(passcode);
    await this.button(button).click();
  }

  /** Signs in, and takes one of several roles. */
  async signInAs(holder: string, role: RegExp): Promise<void> {
    await this.signIn(holder);
    await this.page.getByRole("radio", { name: role }).check();
    await this.button("Continue").click();
    await expect(this.heading("Find a child")).toBeVisible();
  }

  /** Fills in the form and asks. */
  async ask({ nhsNumber, day, month, year }: Omit<Child, "name" | "family">): Promise<void> {
    await this.field("NHS number").fill(nhsNumber);
    await this.field("Day").fill(day);
    await this.field("Month").fill(month);
    await this.field("Year").fill(year);
    await this.button("Find child").click();
  }

  /** Goes to the form, asks, and waits for the answer. */
  async check(child: Omit<Child, "name" | "family">, answer: string | RegExp): Promise<void> {
    const h1 = this.page.getByRole("heading", { level: 1 });
    if ((await h1.textContent()) !== "Find a child") {
      await this.page.keyboard.press("Control+k");
      await expect(h1).toHaveText("Find a child");
    }
    await this.ask(child);
    await expect(h1).toHaveText(answer);
  }
}

/** The holders of the practice cards, by what they are for. */
export const HOLDERS = {
  /** Two roles: scheduled and unscheduled. */
  paediatrician: "Dr Ada Practice-Heron",
  /** Unscheduled care. */
  dentist: "Mr Bertram Sample-Otter",
  /** Scheduled care. */
  nurse: "Ms Clementine Training-Wren",
  /** No role that may look. */
  receptionist: "Mx Dorian Mock-Sparrow",
  /** The card has expired. */
  expired: "Sister Enid Pretend-Badger",
  /** The card is locked. */
  locked: "Mr Fergus Example-Magpie",
} as const;
