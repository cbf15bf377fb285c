/** The moments at which the time that is left is spoken, in seconds. More often would not be heard out. */
export const TO_SAY: ReadonlySet<number> = new Set([120, 60, 30, 10]);

/** "2 minutes", "1 minute 30 seconds", "1 second". */
export function inWords(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  const part = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"}`;
  return [
    minutes > 0 && part(minutes, "minute"),
    (rest > 0 || minutes === 0) && part(rest, "second"),
  ]
    .filter(Boolean)
    .join(" ");
}
