import { spaced, type Child } from "../journeys/children";
import { training } from "../journeys/programs";
import type { Workplace } from "../journeys/workplace";

/** What the register answered to a file. */
export interface Answer {
  result: { code: string };
  counts: Record<string, number>;
  rows: { code: string }[];
}

/** A look of which the authority was told. */
export interface Told {
  /** When it was. */
  at: string;
  /** When it reached the service. */
  received: string;
  way: string;
  viewer: string;
  role: string;
  /** The organisation's ODS code. */
  organisation: string;
  nhsNumber: string;
}

/** The parts of an answer that are read here. */
interface Resource {
  resourceType: string;
  id: string;
  recorded: string;
  extension: { extension: { valueCode?: string; valueInstant?: string }[] }[];
  agent: { who: { identifier?: { value: string }; reference?: string } }[];
  practitioner: { display: string };
  organization: { identifier: { value: string } };
  code: { coding: { display: string }[] }[];
}

interface Page {
  link: { relation: string; url: string }[];
  entry?: { resource: Resource }[];
}

/** A record that an authority submits. */
export interface Submitted {
  child: Pick<Child, "nhsNumber" | "day" | "month" | "year">;
  plan: string;
  start: string;
}

const HEADER = "NHS number,Date of birth,Plan type,Start,End,Office hours,Emergency duty";

/** A local authority, with a credential of its own. */
export class LocalAuthority {
  readonly #url: string;
  readonly #credential: string;

  constructor(workplace: Workplace, ods: string) {
    this.#url = `${workplace.url}/local-authority/${ods}`;
    this.#credential = training("authority", "--database", workplace.database, "--ods", ods);
  }

  /** Sends a file of records. */
  async submit(records: readonly Submitted[]): Promise<Answer> {
    const lines = records.map(({ child, plan, start }) => {
      const born = `${child.day}/${child.month}/${child.year}`;
      return `${spaced(child.nhsNumber)},${born},${plan},${start},,01632 960101,07700 900101`;
    });
    const response = await this.#ask(`${this.#url}/records`, {
      method: "POST",
      body: [HEADER, ...lines, ""].join("\r\n"),
    });
    return (await response.json()) as Answer;
  }

  /** What it was told since a moment, on all pages, oldest first. */
  async toldSince(since: string): Promise<Told[]> {
    const resources: Resource[] = [];
    let next: string | undefined =
      `${this.#url}/notifications?since=${encodeURIComponent(since)}&_count=2`;
    while (next !== undefined) {
      const page = (await (await this.#ask(next)).json()) as Page;
      resources.push(...(page.entry ?? []).map(({ resource }) => resource));
      next = page.link.find(({ relation }) => relation === "next")?.url;
    }
    const roles = new Map(
      resources
        .filter(({ resourceType }) => resourceType === "PractitionerRole")
        .map((role) => [`PractitionerRole/${role.id}`, role]),
    );
    return resources
      .filter(({ resourceType }) => resourceType === "AuditEvent")
      .map((event) => {
        const [person, viewer] = event.agent;
        const role = roles.get(viewer?.who.reference ?? "");
        const [way, received] = event.extension[0]?.extension ?? [];
        return {
          at: event.recorded,
          received: received?.valueInstant ?? "",
          way: way?.valueCode ?? "",
          viewer: role?.practitioner.display ?? "",
          role: role?.code[0]?.coding[0]?.display ?? "",
          organisation: role?.organization.identifier.value ?? "",
          nhsNumber: person?.who.identifier?.value ?? "",
        };
      });
  }

  async #ask(url: string, request: RequestInit = {}): Promise<Response> {
    const headers = { Authorization: `Bearer ${this.#credential}` };
    const response = await fetch(url, { ...request, headers });
    if (!response.ok) throw new Error(`${response.status} from ${url}`);
    return response;
  }
}
