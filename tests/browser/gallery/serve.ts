import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { CommandError } from "../../../ui/src/bindings/CommandError";
import type { View } from "../../../ui/src/bindings/View";

const BUILT = fileURLToPath(new URL("../../../ui/dist-http/", import.meta.url));

/** Nothing but the program's own files: what is blocked here fails the test that watches the console. */
const POLICY = "default-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** One command that the window sent. */
export interface Sent {
  name: string;
  args: unknown;
}

/** A window's host with one view, which a test can replace. */
export interface Host {
  url: string;
  /** Every command so far, without `view` and `activity`. */
  sent: Sent[];
  /** How often the window reported that somebody used it. */
  activity: () => number;
  /** Answers the next commands with this, and tells the window of it. */
  show(view: View): void;
  /** Sends a view to the window without making it the present one. */
  push(view: View): void;
  /** From now on a command of this name is answered with this view. */
  answer(name: string, view: View): void;
  /**
   * From now on commands are taken, but answered only when the returned function is called; not
   * `view` and `activity`, which the window gives by itself, and which others would wait behind.
   */
  hold(): () => void;
  /** From now on every command but `view` is refused; with `null` none is any more. */
  refuse(error: CommandError | null): void;
  close(): Promise<void>;
}

/** Serves the built window and one view, on a port of its own. */
export async function serve(first: View): Promise<Host> {
  let present = first;
  let refusal: CommandError | null = null;
  let held = Promise.resolve();
  let activity = 0;
  const answers = new Map<string, View>();
  const sent: Sent[] = [];
  const listeners = new Set<ServerResponse>();

  const command = async (name: string, body: string, response: ServerResponse) => {
    if (name === "activity") activity += 1;
    else if (name !== "view") {
      sent.push({ name, args: JSON.parse(body) });
      await held;
    }
    const refused = name === "view" ? null : refusal;
    const answer = answers.get(name);
    if (answer && refused === null) present = answer;
    response.writeHead(refused ? 409 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(refused ?? present));
  };

  const file = async (pathname: string, response: ServerResponse) => {
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    const at = path.join(BUILT, path.normalize(name));
    try {
      if (!at.startsWith(BUILT)) throw new Error("outside");
      const content = await readFile(at);
      response.writeHead(200, {
        "content-type": TYPES[path.extname(at)] ?? "application/octet-stream",
        "content-security-policy": POLICY,
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  };

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(":\n\n");
      listeners.add(response);
      response.on("close", () => listeners.delete(response));
    } else if (request.method === "POST" && pathname.startsWith("/command/")) {
      let body = "";
      request.setEncoding("utf8");
      request.on("data", (part: string) => (body += part));
      request.on("end", () => void command(pathname.slice("/command/".length), body, response));
    } else {
      void file(pathname, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  const push = (view: View) => {
    for (const listener of listeners) listener.write(`data: ${JSON.stringify(view)}\n\n`);
  };
  return {
    url: `http://127.0.0.1:${port}/`,
    sent,
    activity: () => activity,
    push,
    show(view) {
      present = view;
      push(view);
    },
    answer(name, view) {
      answers.set(name, view);
    },
    hold() {
      let release = () => {};
      held = new Promise((resolve) => (release = resolve));
      return release;
    },
    refuse(error) {
      refusal = error;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
