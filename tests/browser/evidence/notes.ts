import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const TARGET = fileURLToPath(new URL("../../../target/", import.meta.url));

/** What the tests of one run noted for ACCESSIBILITY.md, a file each. Emptied when a run begins. */
export const NOTES = path.join(TARGET, "accessibility", "browser");

/** Notes what a test saw. Written last in the test, so that a failed test leaves no note. */
export function note(kind: string, name: string, value: unknown): void {
  const folder = path.join(NOTES, kind);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(value));
}

/** What was noted under this name in this run; `null` if nothing was. */
export function noted<Value>(kind: string, name: string): Value | null {
  try {
    return JSON.parse(readFileSync(path.join(NOTES, kind, `${name}.json`), "utf8")) as Value;
  } catch {
    return null;
  }
}

/** Everything of one kind that was noted in this run, in the order of the names. */
export function allNoted<Value>(kind: string): { name: string; value: Value }[] {
  return readdirSync(path.join(NOTES, kind))
    .sort()
    .map((file) => path.basename(file, ".json"))
    .map((name) => ({ name, value: noted<Value>(kind, name) }))
    .filter((one): one is { name: string; value: Value } => one.value !== null);
}
