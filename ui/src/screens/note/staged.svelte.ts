import { tick } from "svelte";
import type { Act } from "../../present.svelte";

/** Takes the focus to the heading when a page goes from one stage to the next without another screen. */
export function arriveAtStages(stage: () => string, root: () => HTMLElement): void {
  let arrivedAt = stage();
  $effect(() => {
    if (stage() === arrivedAt) return;
    arrivedAt = stage();
    void tick().then(() => {
      window.scrollTo(0, 0);
      root().querySelector<HTMLElement>("h1")?.focus();
    });
  });
}

/** Lets one command through at a time: a second press while the first is on its way would send something twice. */
export function oneAtATime(act: () => Act): (command: Parameters<Act>[0]) => Promise<void> {
  let asked = false;
  return async (command) => {
    if (asked) return;
    asked = true;
    await act()(command);
    asked = false;
  };
}
