import type { Act } from "./present.svelte";

/**
 * Gives a command, but none while the one before is on its way: a second press would be a second
 * check, or a second print.
 */
export function once(act: Act): Act {
  let underWay = false;
  return async (command) => {
    if (underWay) return;
    underWay = true;
    await act(command);
    underWay = false;
  };
}
