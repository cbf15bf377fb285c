import type { Page } from "@playwright/test";
import type { View } from "../../../ui/src/bindings/View";
import type { Host } from "./serve";
import { live, type State } from "./states/state";
import { said } from "./transcript";

/** The window in which states are looked at: the size of a small laptop. */
export const WIDE = { width: 1280, height: 800 };

/**
 * One window that is taken from state to state. Each is reached from another screen, as a person
 * reaches it, and nothing is loaded anew: that would take longer than all that is looked at.
 */
export class Tour {
  readonly page: Page;
  readonly #host: Host;
  readonly #complaints: string[];
  #revision = 100;
  /** Whether the window is on the very screen from which the next state is reached. */
  #started = false;
  /** Whether the window believes that the program has stopped. */
  #stopped = false;

  constructor(page: Page, host: Host, complaints: string[]) {
    this.page = page;
    this.#host = host;
    this.#complaints = complaints;
  }

  /** Brings the window to a state, and waits until the person has arrived there. */
  async visit({ view, heading, focus, then, stopped = false }: State): Promise<void> {
    const { page } = this;
    if (this.#stopped) {
      this.#host.refuse(null);
      await page.goto(this.#host.url);
    }
    this.#stopped = stopped;
    await page.setViewportSize(WIDE);
    await page.emulateMedia({ forcedColors: null, reducedMotion: null });
    await page.evaluate(() => {
      document.adoptedStyleSheets = [];
    });
    if (this.#started) await this.#leave();
    this.#started = view.screen.kind === "starting";
    const starting = live(
      { kind: "starting" },
      {
        program: view.program,
        connectivity: view.connectivity,
        tasks: view.tasks,
        toSend: view.toSend,
      },
    );
    this.#show(starting);
    const h1 = page.locator("h1");
    await h1.and(page.getByText("CP-IS Check is starting")).and(page.locator(":focus")).waitFor();
    await said(page);
    if (view.screen.kind !== "starting") this.#show(view);
    if (stopped) {
      // The screen that says that the program starts takes no F1: it must be left before the key is pressed.
      await h1
        .filter({ hasNotText: "CP-IS Check is starting" })
        .and(page.locator(":focus"))
        .waitFor();
      this.#host.refuse({ code: "stopped", message: "" });
      await page.keyboard.press("F1");
    }
    await then?.(page);
    await h1.filter({ hasText: heading }).waitFor({ state: "attached" });
    await page.locator(`${focus ?? "h1"}:focus`).waitFor({ state: "attached" });
  }

  /** Another view of the screen that the window is on. */
  show(view: View): void {
    this.#show(view);
  }

  /** What the page complained of since this was last asked. */
  complaints(): string[] {
    return this.#complaints.splice(0);
  }

  /** Away from the screen that says that the program starts, so that it can be arrived at. */
  async #leave(): Promise<void> {
    this.#show(live({ kind: "help" }));
    await this.page.locator("h1:focus").filter({ hasText: "Help" }).waitFor();
  }

  #show(view: View): void {
    this.#revision += 1;
    this.#host.show({ ...view, revision: this.#revision });
  }
}
