import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { training } from "../journeys/programs";
import type { Told } from "./authority";

const RECORDS =
  "local_authority_ods_code,nhs_number,date_of_birth,type,start_date,end_date,last_update";
const ACCESSES = "date_time,viewer_name,viewer_role,organisation_ods_code";

/** The extract of a period. */
export class Extract {
  /** The items of each row, without the headings. */
  readonly records: readonly string[][];
  readonly accesses: readonly string[][];
  /** What the program said that it wrote. */
  readonly said: string;
  /** What the manifest says of each. */
  readonly counted: { records: number; accesses: number };

  /** Takes it, days like "2026-11-29", into a folder that it may empty. */
  constructor(database: string, from: string, to: string, out: string) {
    rmSync(out, { recursive: true, force: true });
    const period = ["--from", from, "--to", to, "--out", out];
    this.said = training("extract", "--database", database, ...period);
    this.records = rows(path.join(out, "records.csv"), RECORDS);
    this.accesses = rows(path.join(out, "accesses.csv"), ACCESSES);
    const manifest = JSON.parse(readFileSync(path.join(out, "manifest.json"), "utf8")) as Record<
      "records" | "accesses",
      { count: number }
    >;
    this.counted = { records: manifest.records.count, accesses: manifest.accesses.count };
  }

  /** The looks that it does not hold: as often as there are some of one second, person and place. */
  without(looks: readonly Told[]): Told[] {
    const left = this.accesses.map((row) => row.join("\n"));
    return looks.filter(({ at, viewer, role, organisation }) => {
      const place = left.indexOf([at, viewer, role, organisation].join("\n"));
      if (place >= 0) left.splice(place, 1);
      return place < 0;
    });
  }
}

/** The rows of a file whose items hold no comma and no quotation mark. */
function rows(file: string, headings: string): string[][] {
  const [first, ...lines] = readFileSync(file, "utf8").trimEnd().split("\r\n");
  if (first !== headings) throw new Error(`the headings of ${file} are ${first}`);
  return lines.map((line) => line.split(","));
}
