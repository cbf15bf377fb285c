import type { SearchField } from "../../bindings/SearchField";
import type { SearchFieldFault } from "../../bindings/SearchFieldFault";
import type { DatePart } from "../../components/DateInput.svelte";
import { birthDateFault, FIND_FAULTS } from "../../words/find";

const FIELD_IDS: Record<SearchField, string> = {
  family: "family",
  given: "given",
  day: "birth-day",
  month: "birth-month",
  year: "birth-year",
  postcode: "postcode",
};

const PARTS: readonly SearchField[] = ["day", "month", "year"];

const isPart = (field: SearchField): field is DatePart => PARTS.includes(field);

/** The fault of one text field, in words. */
export function fieldError(
  faults: readonly SearchFieldFault[],
  field: SearchField,
): string | undefined {
  const fault = faults.find((one) => one.field === field);
  return fault && FIND_FAULTS[fault.code];
}

/** The fault of the date of birth in words, and the parts that it is about. */
export function birthError(faults: readonly SearchFieldFault[]): {
  text: string | undefined;
  wrong: readonly DatePart[];
} {
  const ofDate = faults.filter(({ field }) => isPart(field));
  const text = birthDateFault(ofDate.map(({ code }) => code));
  // These are about the whole date; the field they name is only where to start.
  const whole = ofDate.some(({ code }) => code.startsWith("birth-date-"));
  const named = ofDate.flatMap(({ field }) => (isPart(field) ? [field] : []));
  return { text, wrong: whole ? ["day", "month", "year"] : named };
}

/** What the summary says: the same words as at the fields, in their order on the screen. */
export function formErrors(faults: readonly SearchFieldFault[]): { text: string; field: string }[] {
  const birth = birthError(faults);
  let dateSaid = false;
  return faults.flatMap(({ field, code }) => {
    if (!isPart(field)) return [{ text: FIND_FAULTS[code], field: FIELD_IDS[field] }];
    if (dateSaid || birth.text === undefined) return [];
    dateSaid = true;
    return [{ text: birth.text, field: FIELD_IDS[field] }];
  });
}
