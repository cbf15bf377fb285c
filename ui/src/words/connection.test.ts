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
  expect(report).toMatchInlineSnapshot(`
    "CP-IS Check 0.1.0
    22 November 2026 at 10:42
    https://lookup.example.nhs.uk
    This computer is on a network: ✓ Works
    Proxy: ✓ Works. Through proxy.example.nhs.uk:8080.
    Certificate of the service: ✗ Does not work. This computer does not know who issued the service's certificate. Ask your IT department to set extra_ca_file. It was issued by Example Inspecting Proxy.
    Sign-in service: Could not be checked. Another part must work first.
    Demographics service: ✗ Does not work. No answer came in time. Try again in a few minutes. If it stays so, tell your IT department.
    Child protection information: ✗ Does not work. The service cannot answer now (status 503). Try again later.
    Records of checks: ✗ Does not work. This computer is not enrolled. See the enrolment on this page."
  `);
  // One line for each part, after version, time and address.
  expect(report.split("\n")).toHaveLength(check.parts.length + 3);
});

test("without a service the report says so by a dash", () => {
  const bare = reportText({ ...check, parts: [] }, { version: "0.1.0", service: null });
  expect(bare.split("\n").at(-1)).toBe("-");
});
