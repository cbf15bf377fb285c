import type { ShownClinicState } from "../../bindings/ShownClinicState";
import { timeSeenFrom } from "../../format";
import { CLINIC, COPY, foundShort } from "../../words/clinic";

type Checked = Extract<ShownClinicState, { kind: "checked" }>;

/** What a row says of its last check. */
export interface RowAnswer {
  /** The answer; `null` when the list does not hold it. */
  text: string | null;
  /** Whether it is one that must be checked again before anybody relies on it. */
  doubtful: boolean;
}

/**
 * The answer of a row in short. "Nothing found" is said only while it is fresh and could be checked again:
 * later, or without the service, it is no good news. `now` is when the list was drawn or printed.
 */
export function rowAnswer(state: Checked, withoutService: boolean, now: string): RowAnswer {
  const { answer, at, stale } = state;
  if (answer === null) return { text: null, doubtful: false };
  if (answer.kind === "record") {
    return { text: foundShort(answer.current, answer.ended), doubtful: false };
  }
  return withoutService || stale
    ? { text: COPY.nothingHeading(timeSeenFrom(at, now)), doubtful: true }
    : { text: CLINIC.nothing, doubtful: false };
}
