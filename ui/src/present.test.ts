import { tick } from "svelte";
import { expect, test } from "vitest";
import { backendOver, type Backend, type Carry } from "./backend";
import type { CommandErrorCode } from "./bindings/CommandErrorCode";
import type { View } from "./bindings/View";
import { Present } from "./present.svelte";
import { view } from "./test-views";

const help = (revision: number) => view({ kind: "help" }, { revision });

/** A backend whose commands do as they are told, and the listener that it was given. */
function scripted(carry: Carry): { backend: Backend; tell: (view: View) => void } {
  let listener: (view: View) => void = () => {};
  const backend = backendOver(carry, (given) => {
    listener = given;
    return Promise.resolve(() => {});
  });
  return {
    backend,
    tell: (told) => {
      listener(told);
    },
  };
}

/** Rejects as both ways of carrying commands do: with an object that is no `Error`. */
const refused = (code: CommandErrorCode) => {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as said above
  return Promise.reject<View>({ code, message: "refused" });
};

test("an older view never replaces a newer one", async () => {
  const { backend, tell } = scripted(() => Promise.resolve(help(5)));
  const present = new Present(backend);
  await present.start();
  tell(help(4));
  expect(present.view?.revision).toBe(5);
  tell(help(7));
  await present.act((program) => program.sendNow());
  expect(present.view?.revision, "an answer overtaken by an event").toBe(7);
});

test("a command that does not fit draws the present view again", async () => {
  const { backend } = scripted((name) =>
    name === "view" ? Promise.resolve(help(9)) : refused("not-now"),
  );
  const present = new Present(backend);
  await present.act((program) => program.goOn());
  expect(present.view?.revision).toBe(9);
  expect(present.stopped).toBe(false);
});

test("a command waits until the one before is answered", async () => {
  const given: string[] = [];
  let answer: (given: View) => void = () => {};
  const { backend } = scripted((name) => {
    given.push(name);
    return new Promise((resolve) => (answer = resolve));
  });
  const present = new Present(backend);
  const first = present.act((program) => program.go("help"));
  const lock = present.act((program) => program.lock());
  await tick();
  expect(given, "two on their way together could overtake each other").toEqual(["go"]);
  answer(help(1));
  await first;
  await tick();
  expect(given).toEqual(["go", "lock"]);
  answer(help(2));
  await lock;
  expect(present.view?.revision).toBe(2);
});

test("a command that was refused does not keep the next one back", async () => {
  const { backend } = scripted((name) =>
    name === "go_on" ? refused("not-now") : Promise.resolve(help(name === "lock" ? 2 : 1)),
  );
  const present = new Present(backend);
  void present.act((program) => program.goOn());
  await present.act((program) => program.lock());
  expect(present.view?.revision).toBe(2);
});

test("a program that stopped leaves nothing in the window", async () => {
  const { backend, tell } = scripted((name) =>
    name === "view" ? Promise.resolve(help(1)) : refused("stopped"),
  );
  const present = new Present(backend);
  await present.start();
  await present.act((program) => program.lock());
  expect(present.stopped).toBe(true);
  expect(present.view).toBeNull();
  tell(help(2));
  expect(present.view, "and nothing comes back").toBeNull();
});

test("any other rejection means that the program does not answer", async () => {
  const { backend } = scripted(() => Promise.reject(new Error("Command lock not allowed by ACL")));
  const present = new Present(backend);
  await present.act((program) => program.lock());
  expect(present.stopped).toBe(true);
});

/** The text of the last match, which is kept for programs of long ago. */
const searched = () => Reflect.get(RegExp, "$_") as unknown;

test("the engine does not remember what the window looked for in a text", async () => {
  const { backend, tell } = scripted(() => Promise.resolve(help(1)));
  const present = new Present(backend);
  await present.start();
  await tick();
  expect("9990000018".replace(/^(\d{3})/, "$1 ")).toBe("999 0000018");
  expect(searched()).toBe("9990000018");
  tell(help(2));
  await tick();
  await tick();
  expect(searched()).toBe("x");
});
