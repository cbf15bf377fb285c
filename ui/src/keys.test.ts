import { expect, test } from "vitest";
import type { View } from "./bindings/View";
import { isHeldEnter, keyAction, type KeyPress } from "./keys";
import { view } from "./test-views";

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  ...held,
});
const signedIn = view({ kind: "help" }, { user: true });
const locked = view({
  kind: "locked",
  at: "2026-11-22T11:02:00Z",
  cause: "asked",
  busy: false,
  fault: null,
});

test("the keys work with Ctrl and with Command", () => {
  for (const held of [{ ctrlKey: true }, { metaKey: true }]) {
    expect(keyAction(press("k", held), signedIn)).toEqual({ kind: "find" });
    expect(keyAction(press("K", held), signedIn)).toEqual({ kind: "find" });
    expect(keyAction(press("l", held), signedIn)).toEqual({ kind: "lock" });
  }
  expect(keyAction(press("F1"), signedIn)).toEqual({ kind: "help" });
  expect(keyAction(press("F6"), signedIn)).toEqual({ kind: "next-region" });
});

test("Ctrl + Shift + C leads to the clinic list, and only somebody with a role", () => {
  const list = { kind: "clinic-list" };
  const held = { ctrlKey: true, shiftKey: true };
  expect(keyAction(press("C", held), signedIn)).toEqual(list);
  expect(keyAction(press("c", { metaKey: true, shiftKey: true }), signedIn)).toEqual(list);
  expect(keyAction(press("C", held), locked)).toBeNull();
  // Without Shift it copies, which is the webview's.
  expect(keyAction(press("c", { ctrlKey: true }), signedIn)).toBeNull();
});

test("Alt + Left goes where the screen's own way back leads, and nowhere else", () => {
  const back = (screen: View["screen"], rest: Partial<View> = {}) =>
    keyAction(press("ArrowLeft", { altKey: true }), { ...view(screen, { user: true }), ...rest });
  const to = (place: string) => ({ kind: "back", place });
  expect(back({ kind: "one-at-a-time", waiting: 1 })).toEqual(to("clinic-list"));
  const adding = { kind: "clinic-import", import: null, permitted: true } as const;
  expect(back({ ...adding, onList: 3 })).toEqual(to("clinic-list"));
  expect(back({ ...adding, onList: 0 })).toEqual(to("find"));
  expect(back({ kind: "help" })).toEqual(to("find"));
  expect(back({ kind: "help" }, { resultKept: true })).toEqual(to("result"));
  const find = { faults: [], blocked: null, filled: null, chosen: null, practiceChildren: [] };
  expect(back({ kind: "find", ...find })).toBeNull();
  // What must be answered is not gone back from.
  expect(back({ kind: "back-online", saved: 1, mode: "scheduled" })).toBeNull();
  expect(keyAction(press("ArrowLeft", { altKey: true }), locked)).toBeNull();
  expect(keyAction(press("ArrowLeft"), signedIn)).toBeNull();
  expect(keyAction(press("ArrowLeft", { altKey: true, shiftKey: true }), signedIn)).toBeNull();
});

test("printing is never left to the webview", () => {
  for (const held of [{ ctrlKey: true }, { metaKey: true }, { ctrlKey: true, shiftKey: true }]) {
    for (const shown of [signedIn, locked, null]) {
      expect(keyAction(press("p", held), shown)).toEqual({ kind: "print" });
    }
  }
  expect(keyAction(press("p"), signedIn)).toBeNull();
});

test("no single letter does anything", () => {
  for (const letter of "abcdefghijklmnopqrstuvwxyz0123456789/?") {
    expect(keyAction(press(letter), signedIn)).toBeNull();
    expect(keyAction(press(letter, { shiftKey: true }), signedIn)).toBeNull();
  }
});

test("nothing leads out of a locked or signed-out window", () => {
  const signIn: View = view({ kind: "session-ended", cause: "signed-out", clinicUntil: null });
  expect(keyAction(press("k", { ctrlKey: true }), signIn)).toBeNull();
  expect(keyAction(press("l", { ctrlKey: true }), signIn)).toBeNull();
  expect(keyAction(press("F1"), locked)).toBeNull();
  expect(keyAction(press("k", { ctrlKey: true }), locked)).toBeNull();
  expect(keyAction(press("F1"), signIn)).toEqual({ kind: "help" });
});

test("other holds belong to the system", () => {
  expect(keyAction(press("k", { ctrlKey: true, altKey: true }), signedIn)).toBeNull();
  expect(keyAction(press("k", { ctrlKey: true, shiftKey: true }), signedIn)).toBeNull();
  expect(keyAction(press("F1"), null)).toBeNull();
});

test("Enter that stays down counts once, but makes lines where text is written", () => {
  const pressed = (on: string, repeat: boolean) => {
    const element = document.createElement(on);
    const event = new KeyboardEvent("keydown", { key: "Enter", repeat });
    element.dispatchEvent(event);
    return isHeldEnter(event);
  };
  expect(pressed("button", false)).toBe(false);
  expect(pressed("button", true)).toBe(true);
  expect(pressed("input", true)).toBe(true);
  expect(pressed("textarea", true)).toBe(false);
});
