import type { Finding } from "./axe";

/** What axe cannot judge, and why it holds all the same. */
interface Justified {
  rule: string;
  /** Which elements this is about. */
  target: RegExp;
  why: string;
}

/** Each was looked at. Anything else that axe cannot judge fails the test. */
export const JUSTIFIED: readonly Justified[] = [
  {
    rule: "color-contrast",
    target: /^label\[for="(card|gender|field|record|plan-type|tell)(-\d+)?"\]$/,
    why: "The circle of a radio is drawn by a pseudo element of its label, beside the words and not behind them. The words are ink on the white of the page.",
  },
];

/** The reason why a rule that axe cannot judge holds here; `null` if nobody has looked at it. */
export function justification({ rule, target }: Finding): string | null {
  return JUSTIFIED.find((one) => one.rule === rule && one.target.test(target))?.why ?? null;
}
