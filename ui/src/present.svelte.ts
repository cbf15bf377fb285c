import { tick } from "svelte";
import { asCommandError, type Backend } from "./backend";
import type { View } from "./bindings/View";

/** A command on its way to the program. */
export type Act = (command: (backend: Backend) => Promise<View>) => Promise<void>;

/** The view that the window draws: the newest snapshot, and nothing of the ones before it. */
export class Present {
  /** `null` until the first view has come. */
  view: View | null = $state.raw(null);
  /** Set when the program no longer answers; nothing of a view is kept then. */
  stopped = $state(false);

  readonly #backend: Backend;
  /** Ends when the command before has been answered. */
  #before: Promise<void> = Promise.resolve();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Listens for views, then asks for the present one, so that none is missed between. */
  async start(): Promise<() => void> {
    const unsubscribe = await this.#backend.onView((view) => {
      this.accept(view);
    });
    await this.act((backend) => backend.view());
    return unsubscribe;
  }

  /** Takes a view, unless a newer one is here already: answers and events may overtake each other. */
  accept(view: View): void {
    if (this.stopped || (this.view !== null && view.revision < this.view.revision)) return;
    this.view = view;
    void this.#forgetLastMatch();
  }

  /**
   * Carries out a command and draws what it led to. Never rejects.
   *
   * Each command waits until the one before is answered. Two on their way together may overtake each
   * other, and somebody who presses two keys must end where the second one leads.
   */
  readonly act: Act = (command) => {
    this.#before = this.#before.then(() => this.#carryOut(command));
    return this.#before;
  };

  async #carryOut(command: (backend: Backend) => Promise<View>): Promise<void> {
    try {
      this.accept(await command(this.#backend));
    } catch (rejection) {
      if (asCommandError(rejection).code === "not-now") await this.#again();
      else this.#stop();
    }
  }

  /** The command did not fit the screen, so the screen was old. */
  async #again(): Promise<void> {
    try {
      this.accept(await this.#backend.view());
    } catch {
      this.#stop();
    }
  }

  #stop(): void {
    this.view = null;
    this.stopped = true;
    void this.#forgetLastMatch();
  }

  /**
   * The engine keeps the last text in which a regular expression found something (`RegExp.input`). That was the number
   * of a child, if nothing was looked for since, also on a locked screen. So after each drawing another text is searched.
   */
  async #forgetLastMatch(): Promise<void> {
    await tick();
    /x/.exec("x");
  }
}
