import { tick } from "svelte";
import type { SignInFault } from "../bindings/SignInFault";
import { announce } from "../page.svelte";
import { PASSCODE_FAULTS, signInFault } from "../words/sign-in";

/** The parts of the two screens that ask for a passcode. */
interface PasscodeScreen {
  busy: boolean;
  fault: SignInFault | null;
}

/** Typing a passcode and sending it. To be made while a component is set up. */
export class PasscodeForm {
  /** What is being typed. Gone as soon as it is sent. */
  typed = $state("");
  /** Whether the digits are shown. */
  shown = $state(false);
  /** Whether an answer is awaited. */
  readonly busy: boolean = $derived.by(() => this.#sending || this.#screen().busy);
  /** The sentence for the fault of the last try. */
  readonly fault: string | undefined = $derived.by(() => {
    const { fault } = this.#screen();
    return fault === null ? undefined : signInFault(fault);
  });
  /** Whether typing the passcode anew can mend the fault. */
  readonly atPasscode: boolean = $derived.by(() => {
    const { fault } = this.#screen();
    return fault !== null && PASSCODE_FAULTS.has(fault.code);
  });

  readonly #screen: () => PasscodeScreen;
  #sending = $state(false);
  #awaiting = false;

  /** `refused` is called, with the fault drawn, each time that a try has failed. */
  constructor(screen: () => PasscodeScreen, refused: () => void) {
    this.#screen = screen;
    $effect(() => {
      if (this.busy || !this.#awaiting) return;
      this.#awaiting = false;
      announce("");
      void tick().then(refused);
    });
  }

  /** Sends what was typed. A second press before the answer does nothing. */
  async submit(busyWords: string, send: (passcode: string) => Promise<void>): Promise<void> {
    if (this.busy) return;
    const passcode = this.typed;
    this.typed = "";
    this.shown = false;
    this.#sending = true;
    this.#awaiting = true;
    announce(busyWords);
    await send(passcode);
    this.#sending = false;
  }
}
