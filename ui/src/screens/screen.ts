import type { Screen } from "../bindings/Screen";
import type { View } from "../bindings/View";

/**
 * Names the screen a person is on. When it changes, everything typed and drawn before is thrown
 * away and the focus moves.
 */
export function screenKey({ program, practice, screen }: View): string {
  const which =
    screen.kind === "result"
      ? `result ${screen.shown.reference}`
      : screen.kind === "note"
        ? `note ${screen.note.shown.reference}`
        : screen.kind === "notice"
          ? `notice ${screen.notice.child.id} ${screen.notice.about}`
          : screen.kind === "sign-in" && screen.inBrowser
            ? "in-browser"
            : screen.kind === "find" && screen.filled !== null
              ? `find ${String(screen.filled.ordinal)}`
              : screen.kind;
  return `${program} ${practice?.class?.code ?? ""} ${which}`;
}

/** The id of the field where a person starts; `null` when it is the heading. */
export function arrivalField({ program, screen }: View): string | null {
  switch (screen.kind) {
    case "sign-in":
      if (screen.inBrowser) return null;
      // With several real cards none is chosen for the person: a wrong guess costs a try.
      return screen.cards.length > 1 && program === "live" ? "card" : "passcode";
    case "locked":
    case "choose-passcode":
      return "passcode";
    case "find":
      // One that was filled is read first: a key that was meant for the page before, or for another
      // program, would change or send what stands there.
      return screen.filled === null && screen.chosen === null ? "nhs-number" : null;
    case "clinic-import":
      return "clinic-text";
    case "clinic-list":
      return screen.clinic.cameFrom && `child-${screen.clinic.cameFrom}`;
    case "search":
      return "family";
    case "join-class":
      return "class-address";
    default:
      return null;
  }
}

/** Whether a form on the screen was refused, which the title of the window says. */
export function hasFaults(screen: Screen): boolean {
  switch (screen.kind) {
    case "sign-in":
    case "locked":
    case "choose-passcode":
      return screen.fault !== null;
    case "find":
    case "search":
    case "join-class":
      return screen.faults.length > 0;
    case "note":
      return screen.note.stage.kind === "form" && screen.note.stage.faults.length > 0;
    case "notice":
      return screen.notice.stage.kind === "form" && screen.notice.stage.faults.length > 0;
    case "clinic-import":
      return (screen.import?.faults.length ?? 0) > 0;
    case "settings":
      return screen.settings.enrolmentFault !== null;
    default:
      return false;
  }
}
