import type { ShownFinding } from "../../bindings/ShownFinding";
import type { ShownPlan } from "../../bindings/ShownPlan";
import { date } from "../../format";
import { COPY } from "../../words/clinic";
import { planInPlace, planType, RESULT } from "../../words/result";

/** The look of an answer: its shape and colour, beside its words. */
export type Tone = "current" | "ended" | "nothing" | "not-checked";

/** The tone of an answer, its heading, and what a glance should find beside it. */
export interface Headline {
  tone: Tone;
  heading: string;
  /** The records, where the heading does not name them. */
  detail: string[];
}

/**
 * The heading of an answer. "Nothing found" is said for that answer alone: a record answer without
 * a record contradicts itself, and is read as not checked. A copy of "nothing found" is not said as
 * one: it is no good news. `copyFrom` is the time of the answer that a copy holds.
 */
export function headline(finding: ShownFinding, copyFrom: string | null = null): Headline {
  switch (finding.kind) {
    case "record": {
      const [first] = finding.current;
      const ended = finding.ended.map(({ plan, end }) =>
        RESULT.endedOn(planType(plan), end === null ? null : date(end)),
      );
      if (first === undefined) {
        return finding.ended.length > 0
          ? { tone: "ended", heading: RESULT.ended, detail: ended }
          : { tone: "not-checked", heading: RESULT.notChecked, detail: [] };
      }
      if (finding.current.length === 1) {
        return { tone: "current", heading: planInPlace(first.plan), detail: ended };
      }
      return {
        tone: "current",
        heading: RESULT.severalCurrent(finding.current.length),
        detail: [...finding.current.map(({ plan }) => planType(plan)), ...ended],
      };
    }
    case "nothing":
      return copyFrom === null
        ? { tone: "nothing", heading: RESULT.nothing, detail: [] }
        : { tone: "not-checked", heading: COPY.nothingHeading(copyFrom), detail: [] };
    case "not-checked":
      return { tone: "not-checked", heading: RESULT.notChecked, detail: [] };
  }
}

/** Whom to call: one authority with the numbers that the records give. */
export interface Contact {
  authority: string | null;
  officeHours: string | null;
  emergencyDuty: string | null;
}

/** The authorities of some records, each once, in the order of the records. */
export function contacts(plans: readonly ShownPlan[]): Contact[] {
  const seen = new Map<string, Contact>();
  for (const { authority, officeHours, emergencyDuty } of plans) {
    const contact = { authority, officeHours, emergencyDuty };
    seen.set(JSON.stringify(contact), contact);
  }
  return [...seen.values()];
}
