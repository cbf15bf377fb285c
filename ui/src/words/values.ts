/** Words that are part of a value: of a date, an age, a number of things. */
export const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** Where a source gives no value. */
export const NOT_KNOWN = "Not known";

/** "6 August 2018 at 09:12". */
export const at = (day: string, time: string) => `${day} at ${time}`;

/** "6 August 2018 (aged 8 years)". */
export const aged = (day: string, age: string) => `${day} (aged ${age})`;

export const years = (number: number) => count(number, "year");
export const months = (number: number) => count(number, "month");
export const weeks = (number: number) => count(number, "week");
export const days = (number: number) => count(number, "day");
export const minutes = (number: number) => count(number, "minute");
export const seconds = (number: number) => count(number, "second");

/** "1 record", "2 records". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
