import { backendOver, type Backend, type Carry } from "./backend";
import type { View } from "./bindings/View";

/** A host that serves the same controller over HTTP, for tests in a browser. Never shipped. */
export function connect(): Backend {
  return backendOver(post, events);
}

const post: Carry = async (name, args) => {
  const response = await fetch(`/command/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(args),
  });
  const body: unknown = await response.json();
  if (!response.ok) {
    // A CommandError, as Tauri rejects with it.
    throw body;
  }
  return body as View;
};

const events: Backend["onView"] = (listener) => {
  const source = new EventSource("/events");
  source.addEventListener("message", (event: MessageEvent<string>) => {
    listener(JSON.parse(event.data) as View);
  });
  return new Promise((resolve) => {
    source.addEventListener(
      "open",
      () => {
        resolve(() => {
          source.close();
        });
      },
      { once: true },
    );
  });
};
