import type { Shown } from "../../bindings/Shown";
import type { View } from "../../bindings/View";

/** Whether there is an answer about a person to print. What was not checked says nothing about them. */
export function isPrintable({ patient, finding }: Shown): boolean {
  return patient !== null && finding.kind !== "not-checked";
}

/** Whether the screen offers to print. */
export function offersPrint(view: View | null): boolean {
  return view?.screen.kind === "result" && isPrintable(view.screen.shown);
}
