import type { ShownAccess } from "../../bindings/ShownAccess";
import type { ShownPlan } from "../../bindings/ShownPlan";

/**
 * Where things lie on a line of time, from 0 to the width of a picture. The pictures repeat facts
 * that stand beside them in words; nothing is in a picture alone.
 */

/** The width of a picture in its own units; the window stretches it. */
export const WIDTH = 1000;

/** The narrowest bar: a record of one day must not vanish. */
const LEAST_BAR = 6;

const DAY = 24 * 60 * 60 * 1000;

/** A place on the line for each moment between two, both in milliseconds. Outside it stays at the end. */
export function scale(from: number, until: number): (moment: number) => number {
  const length = until - from;
  return (moment) => {
    // One moment alone lies at the end: it is the newest there is.
    const share = length > 0 ? (moment - from) / length : 1;
    return Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
  };
}

/** The bar of one record. */
export interface Bar {
  x: number;
  width: number;
  /** Whether its first day is not recorded, so that the bar only begins where the picture does. */
  openStart: boolean;
  /** Whether it has no last day, or one that is still to come. */
  goesOn: boolean;
}

/** Bars of records on one line. */
export interface PlanPeriods {
  /** First day of the line (ISO 8601 date). */
  from: string;
  /** Last day of the line (ISO 8601 date). */
  until: string;
  /** Where the day of the check lies. */
  today: number;
  /** One for each record, in their order. */
  bars: Bar[];
}

/** A day has no time zone; UTC counts each as 24 hours. */
const dayAt = (iso: string) => Date.parse(`${iso}T00:00:00Z`);
const isoDay = (moment: number) => new Date(moment).toISOString().slice(0, 10);

/**
 * The periods of records as bars, up to the day of the check or the last day that is known, whichever
 * is later. `null` when there is nothing to compare: no record says when it began, or there is but one
 * and it has no end.
 */
export function planPeriods(plans: readonly ShownPlan[], checkedOn: string): PlanPeriods | null {
  const starts = plans.flatMap(({ start }) => (start === null ? [] : [dayAt(start)]));
  if (starts.length === 0) return null;
  // One record that goes on fills the whole line, which says nothing.
  if (plans.length === 1 && plans[0]?.end === null) return null;
  const ends = plans.flatMap(({ end }) => (end === null ? [] : [dayAt(end)]));
  const today = dayAt(checkedOn);
  const from = Math.min(...starts, ...ends, today);
  const until = Math.max(...starts, ...ends, today);
  const place = scale(from, until);
  const bars = plans.map(({ start, end }) => {
    const left = start === null ? 0 : place(dayAt(start));
    // A record without an end goes on; one that begins later than today is still drawn.
    const right = end === null ? Math.max(place(today), left) : place(dayAt(end));
    const width = Math.max(LEAST_BAR, right - left);
    return {
      x: Math.min(left, WIDTH - width),
      width,
      openStart: start === null,
      goesOn: end === null || dayAt(end) >= today,
    };
  });
  return { from: isoDay(from), until: isoDay(until), today: place(today), bars };
}

/** Earlier views on one line. */
export interface ViewLine {
  /** The first moment of the line (RFC 3339): the oldest view. */
  from: string;
  /** The last: the check. */
  until: string;
  /** A line for each view, in their order. */
  marks: { x: number; you: boolean }[];
  /** How many views lie in the 7 and in the 30 days before the check. */
  inWeek: number;
  inMonth: number;
}

/** Earlier views as marks between the oldest of them and the check. `null` when there are none. */
export function viewLine(accesses: readonly ShownAccess[], checkedAt: string): ViewLine | null {
  const moments = accesses.map(({ at }) => Date.parse(at));
  if (moments.length === 0 || moments.some(Number.isNaN)) return null;
  const oldest = moments.indexOf(Math.min(...moments));
  const check = Date.parse(checkedAt);
  const place = scale(Math.min(...moments), Math.max(check, ...moments));
  const since = (days: number) => moments.filter((at) => check - at <= days * DAY).length;
  return {
    from: accesses[oldest]?.at ?? checkedAt,
    until: checkedAt,
    marks: accesses.map(({ at, you }) => ({ x: place(Date.parse(at)), you })),
    inWeek: since(7),
    inMonth: since(30),
  };
}
