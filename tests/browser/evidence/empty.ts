import { rmSync } from "node:fs";
import { NOTES } from "./notes";

/** Before a run: what an earlier run saw must not count for this one. */
export default function empty(): void {
  rmSync(NOTES, { recursive: true, force: true });
}
