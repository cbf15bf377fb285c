import type { View } from "../../../../ui/src/bindings/View";
import { states } from ".";

/** The view of the state of this name. */
export function state(name: string): View {
  const found = states.find((one) => one.name === name);
  if (!found) throw new Error(`no state ${name}`);
  return found.view;
}

/** The same view, so many revisions later. */
export const after = (view: View, more = 1): View => ({ ...view, revision: view.revision + more });
