import type { NotedField } from "../../bindings/NotedField";
import type { NotedValue } from "../../bindings/NotedValue";
import type { Shown } from "../../bindings/Shown";
import type { ShownPlan } from "../../bindings/ShownPlan";
import { date } from "../../format";
import { REVIEW } from "../../words/note";
import { planType, RESULT } from "../../words/result";

/** The records of a result in the order in which notes number them. */
export function recordsOf({ finding }: Shown): ShownPlan[] {
  return finding.kind === "record" ? [...finding.current, ...finding.ended] : [];
}

/** What a record says where a note says that it is wrong; `null` where that is no part of it. */
export function recordSays(record: ShownPlan, field: NotedField): string | null {
  switch (field) {
    case "plan-type":
      return planType(record.plan);
    case "start-date":
      return record.start === null ? RESULT.notKnown : date(record.start);
    case "end-date":
      return record.end === null ? RESULT.noEnd : date(record.end);
    case "authority":
      return record.authority ?? RESULT.notKnown;
    case "office-number":
      return record.officeHours ?? RESULT.notKnown;
    case "emergency-number":
      return record.emergencyDuty ?? RESULT.notKnown;
    case "not-this-child":
      return null;
  }
}

/** What is right, in words. */
export function valueInWords(value: NotedValue | null): string {
  if (value === null) return REVIEW.notKnown;
  switch (value.kind) {
    case "plan-type":
      return planType(value.plan);
    case "date":
      return date(value.date);
    case "text":
      return value.text;
  }
}

/** A record in a line: its type and when it started. */
export function recordInWords({ plan, start }: ShownPlan): string {
  return start === null ? planType(plan) : REVIEW.recordStarted(planType(plan), date(start));
}
