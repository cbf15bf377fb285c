import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

/** Serves the real program to a browser. */
const HOST = path.resolve(
  REPOSITORY,
  process.env["CPIS_JOURNEY_HOST"] ?? "target/debug/journey-host",
);
/** The training backend, built beside it. */
const TRAINING = path.join(path.dirname(HOST), `cpis-training${path.extname(HOST)}`);

/** The seed of the practice program, so that its children are those of the list. */
const SEED = ["--seed", "1"];

/** Where screenshots go. */
export const PICTURES = path.join(REPOSITORY, "target/journeys");

/** A program that a test started. */
export class Running {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #complaints = "";

  constructor(program: string, switches: readonly string[]) {
    this.#process = spawn(program, switches, { cwd: REPOSITORY });
    this.#ended = once(this.#process, "close");
    // A program that is not there reports that instead of a line.
    this.#ended.catch(() => {});
    this.#process.stderr.on("data", (text: Buffer) => (this.#complaints += text.toString()));
    this.#process.stdin.on("error", () => {});
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    const next = await Promise.race([
      this.#lines.next(),
      this.#ended.then(() => ({ done: true as const, value: undefined })),
    ]);
    if (next.done) throw new Error(`the program ended: ${this.#complaints}`);
    return next.value;
  }

  /** Ends it as its starter should: by closing its standard input. */
  async close(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }

  /** Stops it in the middle of whatever it does, until it is told to go on. */
  pause(): void {
    this.#process.kill("SIGSTOP");
  }

  /** Lets it go on. */
  resume(): void {
    this.#process.kill("SIGCONT");
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }
}

/** The program behind HTTP; the first line is its address. */
export function journeyHost(switches: readonly string[]): Running {
  return new Running(HOST, ["--ui", "ui/dist-http", ...switches]);
}

/**
 * An address for a backend that dies and comes back to it. Below the ports that systems give to any
 * program's connection, so that none is given it meanwhile, and above that of the smartcard reader.
 */
export async function ownAddress(): Promise<string> {
  const host = "127.0.0.1";
  for (;;) {
    const port = randomInt(24_000, 32_768);
    const server = createServer().listen(port, host);
    const free = await once(server, "listening").then(
      () => true,
      () => false,
    );
    server.close();
    if (free) return `${host}:${port}`;
  }
}

/** A training backend; its lines are its address, a one-time enrolment code and the trainer's passcode. */
export function trainingBackend(listen: string, database: string): Running {
  return new Running(TRAINING, [
    "serve",
    ...["--listen", listen],
    ...["--database", `sqlite:${database}`],
    ...SEED,
  ]);
}

/** A training backend in memory; its lines are the same. */
export function trainersBackend(): Running {
  return new Running(TRAINING, ["serve", ...SEED]);
}

/** Runs a command of the training backend's program to its end; what it printed. */
export function training(...switches: string[]): string {
  return execFileSync(TRAINING, switches, { encoding: "utf8" }).trim();
}

/** Signs in with a card at a training backend; its access token. */
export function accessToken(url: string, card: string, passcode: string): string {
  const switches = ["sign-in", "--url", url, "--card", card, "--passcode-stdin"];
  return execFileSync(TRAINING, switches, { input: `${passcode}\n`, encoding: "utf8" }).trim();
}

/** Writes the test cards into a folder and answers with their list. */
export function writeCards(folder: string): string {
  return training("cards", "--out", folder, ...SEED);
}

/** The list of the made-up children. */
export function listChildren(): string {
  return training("children", ...SEED);
}

/** Adds a class to a training backend that may be running; its code. */
export function addClass(database: string, name: string): string {
  return training("class", "add", "--database", `sqlite:${database}`, name);
}
