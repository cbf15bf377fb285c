import type { Place } from "./bindings/Place";
import type { View } from "./bindings/View";

/** What a key asks for, on every screen. */
export type KeyAction =
  | { kind: "find" }
  | { kind: "clinic-list" }
  | { kind: "next-child" }
  | { kind: "help" }
  | { kind: "back"; place: Place }
  | { kind: "lock" }
  | { kind: "print" }
  | { kind: "next-region" };

/** The parts of a key press that matter here. */
export type KeyPress = Pick<
  KeyboardEvent,
  "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing"
>;

/** Ctrl + P or Command + P, with Shift for some dialogs. */
const isPrint = (press: KeyPress) =>
  (press.ctrlKey || press.metaKey) && !press.altKey && press.key.toLowerCase() === "p";

/** Alt + Left arrow, alone. */
const isBack = (press: KeyPress) =>
  press.key === "ArrowLeft" && press.altKey && !press.ctrlKey && !press.metaKey && !press.shiftKey;

/** The page before, where a link or button of the screen leads to it as well. */
function placeBefore({ screen, user, resultKept }: View): Place | null {
  if (!user?.role) return null;
  switch (screen.kind) {
    case "result":
      return screen.clinic === null ? "find" : "clinic-list";
    case "note":
      return "result";
    case "notice":
    case "prepare-offline":
    case "one-at-a-time":
    case "out-of-date":
      return "clinic-list";
    case "clinic-import":
      return screen.onList > 0 ? "clinic-list" : "find";
    case "record":
      return "to-send";
    case "search":
      return "find";
    case "to-send":
    case "settings":
    case "help":
    case "clinic-list":
      return resultKept ? "result" : "find";
    default:
      return null;
  }
}

/** Screens on which there is nothing to go to. */
const CLOSED = new Set<View["screen"]["kind"]>(["starting", "locked"]);

/**
 * What a key press asks for; `null` for one that belongs to the page. Never a single letter:
 * somebody who steers by voice would set it off by speaking.
 */
export function keyAction(press: KeyPress, view: View | null): KeyAction | null {
  // Never left to the webview: it would print the screen, and nobody would know of it.
  if (isPrint(press)) return { kind: "print" };
  if (view !== null && isBack(press) && !press.isComposing) {
    const place = placeBefore(view);
    return place === null ? null : { kind: "back", place };
  }
  if (view === null || press.altKey || press.isComposing) return null;
  if (press.key === "F6") return { kind: "next-region" };
  if (press.key === "F1") return CLOSED.has(view.screen.kind) ? null : { kind: "help" };
  if (press.key === "F8") {
    const waits = view.screen.kind === "result" && view.screen.clinic?.hasNext;
    return waits ? { kind: "next-child" } : null;
  }
  const control = press.ctrlKey || press.metaKey;
  if (control && press.shiftKey && press.key.toLowerCase() === "c") {
    return view.user?.role ? { kind: "clinic-list" } : null;
  }
  if (!(press.ctrlKey || press.metaKey) || press.shiftKey) return null;
  switch (press.key.toLowerCase()) {
    case "k":
      return view.user?.role ? { kind: "find" } : null;
    case "l":
      return view.user ? { kind: "lock" } : null;
    default:
      return null;
  }
}

/** Enter that stays down, which would press a button or send a form again and again. */
export const isHeldEnter = (event: KeyboardEvent): boolean =>
  event.repeat && event.key === "Enter" && !(event.target instanceof HTMLTextAreaElement);
