import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const SERVICE = "/usr/sbin/pcscd";
/** Where the service keeps its socket and its process number. */
const SERVICE_FILES = "/run/pcscd";
/** The card's own software: a PKCS#11 module with tokens in files. */
export const MODULE = "/usr/lib/softhsm/libsofthsm2.so";
/**
 * Where the driver of the readers in software waits for a card. Not where it does by itself: that port
 * is one that the system gives to any program's connection, and the driver has no reader then.
 */
const READER = { host: "127.0.0.1", port: 0x5c7b };
const DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const ANSWER_TO_RESET = Buffer.from([0x3b, 0x80, 0x80, 0x01]);
/** Function not supported (ISO/IEC 7816-4 section 5.6). */
const NOT_SUPPORTED = Buffer.from([0x6a, 0x81]);
const TOKEN = "Smartcard";

/**
 * A smartcard: the key and certificate of a test card in a token of SoftHSM, and a scripted card in a
 * reader of the system's own smartcard service. Both are real but for the plastic.
 */
export class Smartcard {
  readonly #folder: string;
  readonly #service: ChildProcess;
  #line: Socket | undefined;

  private constructor(folder: string, service: ChildProcess) {
    this.#folder = folder;
    this.#service = service;
  }

  /** Makes the token and starts the service. The card is not in the reader yet. */
  static async make(p12: string, passcode: string): Promise<Smartcard> {
    const folder = await mkdtemp(path.join(tmpdir(), "cpis-smartcard-"));
    const settings = path.join(folder, "softhsm2.conf");
    const tokens = path.join(folder, "tokens");
    await mkdir(tokens);
    await writeFile(settings, `directories.tokendir = ${tokens}\nobjectstore.backend = file\n`);
    // The program that the test starts finds the token by this.
    process.env["SOFTHSM2_CONF"] = settings;
    await putOnToken(folder, p12, passcode);
    await removeWhatAKilledServiceLeft();
    const readers = path.join(folder, "readers");
    await mkdir(readers);
    await writeFile(path.join(readers, "vpcd"), reader(READER.port));
    const service = spawn(SERVICE, ["--foreground", "--config", readers], { stdio: "ignore" });
    const ended = once(service, "exit").then(() => {
      throw new Error(
        "pcscd ended: it must be started as root, and none may run: systemctl stop pcscd.socket pcscd.service",
      );
    });
    const card = new Smartcard(folder, service);
    await Promise.race([card.putIn(), ended]);
    ended.catch(() => {});
    await card.takeOut();
    return card;
  }

  /** Puts the card into the reader. */
  async putIn(): Promise<void> {
    const line = await patiently(() => open(READER));
    line.on("data", answering(line));
    line.on("error", () => {});
    this.#line = line;
  }

  /** Takes it out. */
  async takeOut(): Promise<void> {
    const line = this.#line;
    this.#line = undefined;
    if (line === undefined || line.destroyed) return;
    const closed = once(line, "close");
    line.destroy();
    await closed;
  }

  async close(): Promise<void> {
    await this.takeOut();
    const ended = once(this.#service, "exit");
    if (this.#service.exitCode === null && this.#service.kill()) await ended;
    delete process.env["SOFTHSM2_CONF"];
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** What the service is told of the reader in software (reader.conf(5)). */
function reader(port: number): string {
  const channel = `0x${port.toString(16).toUpperCase()}`;
  return [
    'FRIENDLYNAME "Virtual PCD"',
    `DEVICENAME /dev/null:${channel}`,
    `LIBPATH ${DRIVER}`,
    `CHANNELID ${channel}`,
    "",
  ].join("\n");
}

/**
 * A service that was killed leaves its files, and no other starts while a process has the number in
 * them, whatever that process is.
 */
async function removeWhatAKilledServiceLeft(): Promise<void> {
  const socket = path.join(SERVICE_FILES, "pcscd.comm");
  const line = connect(socket);
  const answers = await once(line, "connect").then(
    () => true,
    () => false,
  );
  line.destroy();
  if (answers) return;
  await rm(socket, { force: true });
  await rm(path.join(SERVICE_FILES, "pcscd.pid"), { force: true });
}

async function putOnToken(folder: string, p12: string, passcode: string): Promise<void> {
  const openssl = (...switches: string[]) =>
    execFileSync("openssl", ["pkcs12", "-in", p12, "-passin", `pass:${passcode}`, ...switches], {
      encoding: "utf8",
    });
  const key = path.join(folder, "key.pem");
  const certificate = path.join(folder, "certificate.pem");
  await writeFile(key, openssl("-nodes", "-nocerts"));
  await writeFile(certificate, openssl("-nokeys", "-clcerts"));
  const der = path.join(folder, "certificate.der");
  execFileSync("openssl", ["x509", "-in", certificate, "-outform", "DER", "-out", der]);
  const pin = ["--pin", passcode];
  execFileSync("softhsm2-util", [
    ...["--init-token", "--free", "--label", TOKEN, "--so-pin", "87654321"],
    ...pin,
  ]);
  execFileSync("softhsm2-util", [
    ...["--import", key, "--token", TOKEN, "--label", "key", "--id", "01"],
    ...pin,
  ]);
  execFileSync("pkcs11-tool", [
    ...["--module", MODULE, "--token-label", TOKEN, "--login"],
    ...["--write-object", der, "--type", "cert", "--id", "01", "--label", "certificate"],
    ...pin,
  ]);
  await rm(key);
}

/** What the card says: its answer to reset, and of all else that it cannot do it. */
function answering(line: Socket): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE()) {
      const end = 2 + rest.readUInt16BE();
      const message = rest.subarray(2, end);
      rest = rest.subarray(end);
      // Off, on, reset: without an answer.
      if (message.length === 1 && message[0] !== 4) continue;
      const answer = message.length === 1 ? ANSWER_TO_RESET : NOT_SUPPORTED;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      line.write(Buffer.concat([length, answer]));
    }
  };
}

async function open(address: typeof READER): Promise<Socket> {
  const line = connect(address);
  await once(line, "connect");
  return line;
}

/** Tries again until it works; the service opens its reader when it is ready. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
