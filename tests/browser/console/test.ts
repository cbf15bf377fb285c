import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { test as base, expect, type Page } from "@playwright/test";
import { accessToken, trainersBackend, writeCards, type Running } from "../journeys/programs";
import { Workstation, type About } from "./workstation";

/** Where screenshots go. */
const PICTURES = fileURLToPath(new URL("../../../target/console/", import.meta.url));

/** The role in which the emergency dentist looks, of which the authority is told. */
const ROLE = "555000001021";

/** A training backend with its trainer, and somebody who looks at children. */
export class Classroom {
  readonly #server: Running;
  readonly url: string;
  readonly passcode: string;
  readonly #code: string;
  #token: string | undefined;
  #workstation: Workstation | undefined;

  private constructor(server: Running, url: string, code: string, passcode: string) {
    this.#server = server;
    this.url = url;
    this.#code = code;
    this.passcode = passcode;
  }

  static async open(): Promise<Classroom> {
    const server = trainersBackend();
    const url = await server.line();
    const code = await server.line();
    return new Classroom(server, url, code, await server.line());
  }

  /** The address of a page of the class that there is without classes. */
  page(name: string): string {
    return `${this.url}/trainer/class/default/${name}`;
  }

  async signIn(page: Page): Promise<void> {
    await signIn(page, this.url, this.passcode);
  }

  /** Looks at a child as a program does. */
  async look(nhsNumber: string): Promise<void> {
    this.#token ??= this.#signInWithCard();
    const query = `patient:identifier=https://fhir.nhs.uk/Id/nhs-number|${nhsNumber}`;
    const response = await fetch(`${this.url}/cpis/FHIR/R4/CareTeam?${query}`, {
      headers: {
        Authorization: `Bearer ${this.#token}`,
        "NHSD-Session-URID": ROLE,
        "X-Request-ID": crypto.randomUUID(),
        TraceID: crypto.randomUUID(),
        IsUnscheduledAccessEvent: "true",
      },
    });
    expect(response.status).toBe(200);
  }

  /** Writes a note about a child as a workstation does; its id. */
  async note(nhsNumber: string, about: About): Promise<string> {
    this.#workstation ??= await Workstation.enrol(this.url, this.#code);
    return this.#workstation.note(nhsNumber, about);
  }

  #signInWithCard(): string {
    const folder = mkdtempSync(path.join(tmpdir(), "cards-"));
    const listed = writeCards(folder).split("\n");
    const line = listed.find((one) => one.startsWith("emergency-dentist"));
    const passcode = line?.split(/\s+/)[1] ?? "";
    const token = accessToken(this.url, path.join(folder, "emergency-dentist.p12"), passcode);
    rmSync(folder, { recursive: true });
    return token;
  }

  async close(): Promise<void> {
    await this.#server.kill();
  }
}

/** Signs a trainer in. */
export async function signIn(page: Page, url: string, passcode: string): Promise<void> {
  await page.goto(`${url}/trainer`);
  await page.getByLabel("Trainer's passcode").fill(passcode);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "People" })).toBeVisible();
}

/** Takes a picture of the whole page. */
export const picture = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });

/** A test with a classroom of its own, whose pages ask nobody else for anything. */
export const test = base.extend<{ classroom: Classroom }>({
  classroom: async ({ page }, use, info) => {
    info.setTimeout(120_000);
    const classroom = await Classroom.open();
    const complaints: string[] = [];
    const asked = new Set<string>();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // The browser says so of every answer that is not 200, and those are meant.
      const meant = message.text().includes("the server responded with a status of 4");
      if (message.type() === "error" && !meant) complaints.push(message.text());
    });
    page.on("request", (request) => asked.add(new URL(request.url()).origin));
    await use(classroom);
    await page.close();
    await classroom.close();
    expect([...asked], "who was asked").toEqual([classroom.url]);
    expect(complaints, "what the pages complained of").toEqual([]);
  },
});

export { expect };
