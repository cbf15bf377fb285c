import type { Shown } from "../../bindings/Shown";
import type { View } from "../../bindings/View";

/** Whether there is an answer about a person to print. What was not checked says nothing about them. */
export function isPrintable({ patient, finding }: Shown): boolean {
  return patient !== null && finding.kind !== "not-checked";
}

/** What the screen offers to print. */
export function offeredPrint(view: View | null): "result" | "clinic-list" | "note" | null {
  if (view?.screen.kind === "result" && isPrintable(view.screen.shown)) return "result";
  if (view?.screen.kind === "clinic-list" && view.screen.clinic.children.length > 0) {
    return "clinic-list";
  }
  if (view?.screen.kind === "note" && view.screen.note.stage.kind === "review") return "note";
  return null;
}
