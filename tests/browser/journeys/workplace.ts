import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { addClass, ownAddress, trainingBackend, writeCards, type Running } from "./programs";

/** The file of the backend's store. */
const DATABASE = "training.sqlite";

/** How a workplace is set up. */
export interface WorkplaceOptions {
  /** The policy file holds the enrolment code. */
  withCode: boolean;
  /** Real smartcards through this PKCS#11 module, instead of test cards. */
  module?: string;
}

/** A computer that is set up for live work, on a training backend of its own. */
export class Workplace {
  /** The policy file. */
  readonly policy: string;
  /** The backend's address. */
  readonly url: string;
  /** A one-time code that enrols this computer. */
  readonly code: string;
  /** The passcode of the trainer's console, until the backend dies. */
  readonly trainersPasscode: string;
  readonly #folder: string;
  readonly #cards: string;
  #backend: Running;

  private constructor(
    folder: string,
    cards: string,
    backend: Running,
    [url, code, passcode]: [string, string, string],
  ) {
    this.#folder = folder;
    this.#cards = cards;
    this.#backend = backend;
    this.url = url;
    this.code = code;
    this.trainersPasscode = passcode;
    this.policy = path.join(folder, "policy.toml");
  }

  /** Sets one up. */
  static async open({ withCode, module }: WorkplaceOptions): Promise<Workplace> {
    const folder = await mkdtemp(path.join(tmpdir(), "cpis-workplace-"));
    const cardFolder = path.join(folder, "cards");
    const cards = writeCards(cardFolder);
    const backend = trainingBackend(await ownAddress(), path.join(folder, DATABASE));
    const url = await backend.line();
    const code = await backend.line();
    const passcode = await backend.line();
    const workplace = new Workplace(folder, cards, backend, [url, code, passcode]);
    await writeFile(
      workplace.policy,
      [
        "[backend]",
        `base_url = ${JSON.stringify(url)}`,
        'client_id = "cpis-check"',
        ...(withCode ? [`enrolment_code = ${JSON.stringify(code)}`] : []),
        "[session]",
        ...(module === undefined
          ? ['sign_in = ["test-card"]', `test_card_folder = ${JSON.stringify(cardFolder)}`]
          : ['sign_in = ["card"]', `pkcs11_module = ${JSON.stringify(module)}`]),
        "",
      ].join("\n"),
    );
    return workplace;
  }

  /** The backend's store, as its program takes it. */
  get database(): string {
    return `sqlite:${path.join(this.#folder, DATABASE)}`;
  }

  /** The organisation has set the computer up for practice only. */
  async practiceOnly(): Promise<void> {
    await appendFile(this.policy, "[site]\npractice_only = true\n");
  }

  /** The trainer makes a class; its code. */
  addClass(name: string): string {
    return addClass(path.join(this.#folder, "training.sqlite"), name);
  }

  /** The file of a test card, named without the ending. */
  cardFile(card: string): string {
    return path.join(this.#folder, "cards", `${card}.p12`);
  }

  /** The passcode of a test card, named by its file without the ending. */
  passcode(card: string): string {
    const line = this.#cards.split("\n").find((one) => one.startsWith(`${card}.p12`));
    const passcode = line?.split(/ +/)[1];
    if (!passcode) throw new Error(`no card ${card}`);
    return passcode;
  }

  /** The backend dies at once, as in a power cut. */
  async killBackend(): Promise<void> {
    await this.#backend.kill();
  }

  /** The backend comes back at the same address, with everything it had stored. */
  async restartBackend(): Promise<void> {
    const { host } = new URL(this.url);
    this.#backend = trainingBackend(host, path.join(this.#folder, DATABASE));
    await this.#backend.line();
  }

  /** The backend takes connections, and answers nothing until it goes on. */
  pauseBackend(): void {
    this.#backend.pause();
  }

  resumeBackend(): void {
    this.#backend.resume();
  }

  async close(): Promise<void> {
    await this.#backend.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
