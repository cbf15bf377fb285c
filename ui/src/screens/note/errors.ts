import type { NoteFieldFault } from "../../bindings/NoteFieldFault";
import type { NoteFormField } from "../../bindings/NoteFormField";
import type { DatePart } from "../../components/DateInput.svelte";
import { NOTE_FAULTS, noteDateFault } from "../../words/note";

const FIELD_IDS: Record<NoteFormField, string> = {
  record: "record",
  field: "field",
  "plan-type": "plan-type",
  day: "date-day",
  month: "date-month",
  year: "date-year",
  code: "code",
  number: "number",
  callback: "callback",
  tell: "tell",
};

const PARTS: readonly NoteFormField[] = ["day", "month", "year"];

const isPart = (field: NoteFormField): field is DatePart => PARTS.includes(field);

/** The fault of one field, in words. */
export function fieldError(
  faults: readonly NoteFieldFault[],
  field: NoteFormField,
): string | undefined {
  const fault = faults.find((one) => one.field === field);
  return fault && NOTE_FAULTS[fault.code];
}

/** The fault of the date in words, and the parts that it is about. */
export function dateError(faults: readonly NoteFieldFault[]): {
  text: string | undefined;
  wrong: readonly DatePart[];
} {
  const ofDate = faults.filter(({ field }) => isPart(field));
  const text = noteDateFault(ofDate.map(({ code }) => code));
  // These are about the whole date; the field they name is only where to start.
  const whole = ofDate.some(({ code }) => code.startsWith("date-") || code === "same-as-record");
  const named = ofDate.flatMap(({ field }) => (isPart(field) ? [field] : []));
  return { text, wrong: whole ? ["day", "month", "year"] : named };
}

/** What the summary says: the same words as at the fields, in their order on the screen. */
export function formErrors(faults: readonly NoteFieldFault[]): { text: string; field: string }[] {
  const { text: dateText } = dateError(faults);
  let dateSaid = false;
  return faults.flatMap(({ field, code }) => {
    if (!isPart(field)) return [{ text: NOTE_FAULTS[code], field: FIELD_IDS[field] }];
    if (dateSaid || dateText === undefined) return [];
    dateSaid = true;
    return [{ text: dateText, field: FIELD_IDS[field] }];
  });
}
