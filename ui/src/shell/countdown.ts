import { minutes, seconds } from "../words/values";

/** The moments at which the time that is left is spoken, in seconds. More often would not be heard out. */
export const TO_SAY: ReadonlySet<number> = new Set([120, 60, 30, 10]);

/** "2 minutes", "1 minute 30 seconds", "1 second". */
export function inWords(left: number): string {
  const whole = Math.floor(left / 60);
  const rest = left % 60;
  return [whole > 0 && minutes(whole), (rest > 0 || whole === 0) && seconds(rest)]
    .filter(Boolean)
    .join(" ");
}
