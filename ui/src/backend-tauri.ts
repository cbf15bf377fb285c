import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { backendOver, type Backend } from "./backend";
import type { View } from "./bindings/View";

/** The program around this window. */
export function connect(): Backend {
  return backendOver(
    (name, args) => invoke<View>(name, args),
    (listener) =>
      listen<View>("view", (event) => {
        listener(event.payload);
      }),
  );
}
