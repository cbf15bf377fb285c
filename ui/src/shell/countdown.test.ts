import { describe, expect, it } from "vitest";
import { inWords } from "./countdown";

describe("the time that is left", () => {
  it.each([
    [120, "2 minutes"],
    [119, "1 minute 59 seconds"],
    [61, "1 minute 1 second"],
    [60, "1 minute"],
    [59, "59 seconds"],
    [1, "1 second"],
    [0, "0 seconds"],
  ])("%i seconds", (seconds, words) => {
    expect(inWords(seconds)).toBe(words);
  });
});
