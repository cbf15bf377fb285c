import { expect, test } from "vitest";
import type { ConnectionCheck } from "../bindings/ConnectionCheck";
import { reportText } from "./connection";

const check: ConnectionCheck = {
  begunAt: "2026-11-22T10:42:00+00:00",
  over: true,
  parts: [
    { part: "computer", outcome: { state: "works", detail: null } },
    { part: "proxy", outcome: { state: "works", detail: "proxy.example.nhs.uk:8080" } },
    {
      part: "certificate",
      outcome: {
        state: "fails",
        fault: {
          code: "certificate",
          fault: "unknown-issuer",
          issuer: "Example Inspecting Proxy",
          clock: "2026-11-22T10:42:00+00:00",
        },
      },
    },
    { part: "identity", outcome: { state: "not-reached" } },
    { part: "demographics", outcome: { state: "fails", fault: { code: "timed-out" } } },
    { part: "register", outcome: { state: "fails", fault: { code: "status", status: 503 } } },
    { part: "audit", outcome: { state: "fails", fault: { code: "not-enrolled" } } },
  ],
};

test("the report names the program, the time, the address and each part, and nobody", () => {
  const report = reportText(check, { version: "0.1.0", service: "https://lookup.example.nhs.uk" });
  expect(report).toMatchInlineSnapshot();
  // One line for each part, after version, time and address.
  expect(report.split("\n")).toHaveLength(check.parts.length + 3);
});

test("without a service the report says so by a dash", () => {
  const bare = reportText({ ...check, parts: [] }, { version: "0.1.0", service: null });
  expect(bare.split("\n").at(-1)).toBe("-");
});
