import type { ShownFinding } from "../../bindings/ShownFinding";
import type { ShownPlan } from "../../bindings/ShownPlan";
import { planInPlace, RESULT } from "../../words/result";

/** The look of an answer: its shape and colour, beside its words. */
export type Tone = "current" | "ended" | "nothing" | "not-checked";

/** The tone of an answer, and its heading. */
export interface Headline {
  tone: Tone;
  heading: string;
}

/**
 * The heading of an answer. "Nothing found" is said for that answer alone: a record answer without
 * a record contradicts itself, and is read as not checked.
 */
export function headline(finding: ShownFinding): Headline {
  switch (finding.kind) {
    case "record": {
      const [first] = finding.current;
      if (first === undefined) {
        return finding.ended.length > 0
          ? { tone: "ended", heading: RESULT.ended }
          : { tone: "not-checked", heading: RESULT.notChecked };
      }
      const heading =
        finding.current.length === 1
          ? planInPlace(first.plan)
          : RESULT.severalCurrent(finding.current.length);
      return { tone: "current", heading };
    }
    case "nothing":
      return { tone: "nothing", heading: RESULT.nothing };
    case "not-checked":
      return { tone: "not-checked", heading: RESULT.notChecked };
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
