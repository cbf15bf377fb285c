import type { ShownClinicChild } from "../../bindings/ShownClinicChild";

/** Which children of the list are shown. */
export type Filter = "all" | "open" | "checked" | "attention";

export const FILTERS: readonly Filter[] = ["all", "open", "checked", "attention"];

/** Whether a child is shown. A child who was not brought waits for nothing. */
export function belongs({ state, notBrought }: ShownClinicChild, filter: Filter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "open":
      return !notBrought && (state.kind === "to-check" || state.kind === "checking");
    case "checked":
      return state.kind === "checked";
    case "attention":
      return state.kind === "not-checked";
  }
}
