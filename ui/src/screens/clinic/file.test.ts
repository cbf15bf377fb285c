import { expect, test } from "vitest";
import { readText } from "./file";

const file = (...bytes: number[]) => new Blob([new Uint8Array(bytes)]);
const letters = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));

test("a file in UTF-8 is read, and its mark is no text", async () => {
  expect(await readText(file(0xef, 0xbb, 0xbf, ...letters("Zo"), 0xc3, 0xab))).toBe("Zoë");
});

// That it is not Latin 1 is seen in a browser (gallery/clinic.spec.ts): Node does not tell the two apart.
test("a file in Windows-1252 is read", async () => {
  expect(await readText(file(...letters("Zo"), 0xeb))).toBe("Zoë");
});

test("a file that is no text is not read", async () => {
  expect(await readText(file(0x50, 0x4b, 3, 4, 0, 0, 0, 0))).toBeNull();
  expect(await readText(file(0x89, ...letters("PNG"), 0, 0xff))).toBeNull();
  expect(await readText(file())).toBe("");
});

test("a file that cannot be read is no text", async () => {
  const gone = { arrayBuffer: () => Promise.reject(new DOMException("gone", "NotFoundError")) };
  expect(await readText(gone as unknown as Blob)).toBeNull();
});
