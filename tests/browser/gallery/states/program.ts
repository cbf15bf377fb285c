import type { ConnectionPart } from "../../../../ui/src/bindings/ConnectionPart";
import type { PartOutcome } from "../../../../ui/src/bindings/PartOutcome";
import type { PolicyKey } from "../../../../ui/src/bindings/PolicyKey";
import type { PolicySetting } from "../../../../ui/src/bindings/PolicySetting";
import type { PolicyValue } from "../../../../ui/src/bindings/PolicyValue";
import type { Queue } from "../../../../ui/src/bindings/Queue";
import type { QueuedRecord } from "../../../../ui/src/bindings/QueuedRecord";
import type { QueueReason } from "../../../../ui/src/bindings/QueueReason";
import type { Settings } from "../../../../ui/src/bindings/Settings";
import type { SupportFile } from "../../../../ui/src/bindings/SupportFile";
import type { ToSendCount } from "../../../../ui/src/bindings/ToSendCount";
import type { View } from "../../../../ui/src/bindings/View";
import { at, live, localContacts, practice, signedIn, type State } from "./state";

const queued = (number: number, rest: Partial<QueuedRecord>): QueuedRecord => ({
  id: `019a9f3e-7c41-7d20-9b52-0000000000${String(number).padStart(2, "0")}`,
  kind: "look",
  at: at(`09:${String(number + 10)}`),
  state: "waiting",
  sentAt: null,
  tries: 0,
  triedAt: null,
  reason: null,
  ...rest,
});

const oldest = (records: QueuedRecord[] = []) =>
  records.find(({ state }) => state !== "sent")?.at ?? null;

const toSend = (name: string, queue: Partial<Queue>, rest: Partial<View> = {}): State => ({
  name: `to-send-${name}`,
  view: signedIn(
    {
      kind: "to-send",
      queue: {
        records: [],
        oldest: oldest(queue.records),
        lastSent: at("09:02"),
        nextTry: null,
        sending: false,
        delay: "none",
        savedChecks: 0,
        ...queue,
      },
    },
    {
      toSend: {
        waiting: (queue.records ?? []).filter(({ state }) => state === "waiting").length,
        needsAttention: (queue.records ?? []).filter(({ state }) => state === "needs-attention")
          .length,
      },
      ...rest,
    },
  ),
  title: "To send - CP-IS Check",
  heading: "To send",
});

const record = (
  name: string,
  heading: string,
  values: Partial<QueuedRecord>,
  support: SupportFile,
): State => ({
  name: `record-${name}`,
  view: signedIn(
    {
      kind: "record",
      record: queued(1, { reason: "refused", tries: 1, triedAt: at("10:44"), ...values }),
      support,
      triedAgain: name === "refused-again" || name === "tried-again",
    },
    { toSend: { waiting: 0, needsAttention: values.state === "needs-attention" ? 1 : 0 } },
  ),
  title: "Record on its way - CP-IS Check",
  heading,
});

const closing = (name: string, toSend: ToSendCount, rest: Partial<View> = {}): State => ({
  name: `closing-${name}`,
  view: signedIn({ kind: "closing" }, { toSend, ...rest }),
  title: "Close the program - CP-IS Check",
  heading: toSend.waiting > 0 ? "Close CP-IS Check?" : "Everything has been sent",
});

const reasons: QueueReason[] = [
  "unreachable",
  "service-unavailable",
  "not-a-receipt",
  "credential",
  "conflict",
  "refused",
  "unreadable",
];

const jwk = JSON.stringify({
  kty: "RSA",
  n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
  e: "AQAB",
  kid: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
  use: "sig",
  alg: "RS512",
});

const setting = (key: PolicyKey, value: PolicyValue, byPolicy = false): PolicySetting => ({
  key,
  value,
  byPolicy,
});

/** Every value that policy may set, some of them set. */
const inForce: PolicySetting[] = [
  setting("service", { kind: "text", text: "https://lookup.example.nhs.uk" }, true),
  setting("source", { kind: "source", patientFlags: false }),
  setting("pinned-keys", { kind: "number", number: 2 }, true),
  setting("extra-authorities", { kind: "not-set" }),
  setting("proxy", { kind: "system" }),
  setting("organisation", { kind: "text", text: "A9Z01" }, true),
  setting("care-setting", { kind: "text", text: "Community paediatrics" }, true),
  setting("mode", { kind: "mode", only: null }),
  setting("practice-only", { kind: "switch", on: false }),
  setting("contacts", { kind: "number", number: 0 }),
  setting("office-hours", { kind: "switch", on: false }),
  setting("sign-in", { kind: "sign-in", ways: ["card", "browser"] }, true),
  setting("idle-lock", { kind: "number", number: 15 }, true),
  setting("absolute-hours", { kind: "number", number: 8 }),
  setting("card-removal", { kind: "switch", on: true }),
  setting("content-protected", { kind: "switch", on: false }),
  setting("keep-hours", { kind: "number", number: 12 }),
  setting("capacity", { kind: "number", number: 100_000 }),
  setting("retention", { kind: "number", number: 90 }),
  setting("support-key", { kind: "switch", on: true }, true),
];

const settings = (name: string, values: Partial<Settings>, rest: Partial<View> = {}): State => ({
  name: `settings-${name}`,
  view: signedIn(
    {
      kind: "settings",
      settings: {
        version: "0.1.0",
        service: "https://lookup.example.nhs.uk/",
        organisation: "A9Z01",
        policyFile: "/etc/cpis-check/policy.toml",
        enrolled: true,
        refused: false,
        key: { thumbprint: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", jwk },
        enrolling: false,
        enrolmentFault: null,
        commit: "0123456789",
        inForce,
        connection: null,
        logs: { path: "/var/lib/westmere/share/cpis-check/logs", notOpened: false },
        ...values,
      },
    },
    rest,
  ),
  title: `${values.enrolmentFault ? "Error: " : ""}Settings - CP-IS Check`,
  heading: "Settings",
  ...(values.enrolmentFault ? { focus: ".nhsuk-error-summary" } : {}),
});

const checked = (over: boolean, outcomes: Partial<Record<ConnectionPart, PartOutcome>>) => ({
  parts: (
    ["computer", "proxy", "certificate", "identity", "demographics", "register", "audit"] as const
  ).map((part) => ({
    part,
    outcome: outcomes[part] ?? ({ state: "works", detail: null } as const),
  })),
  begunAt: at("10:42"),
  over,
});

const bare = { service: null, organisation: null, policyFile: null, enrolled: false, key: null };

export const programStates: State[] = [
  toSend("empty", {}),
  toSend("never-sent", { lastSent: null }),
  toSend("checks-waiting", { savedChecks: 4 }),
  toSend(
    "waiting",
    {
      records: [
        queued(1, { reason: "unreachable", tries: 3 }),
        queued(2, { reason: "unreachable", tries: 1 }),
        queued(3, {}),
      ],
      nextTry: at("10:50"),
    },
    { connectivity: { state: "offline", since: at("09:12") } },
  ),
  toSend("sending", {
    records: [queued(1, { state: "sending", tries: 1 }), queued(2, {})],
    sending: true,
  }),
  toSend("all-states", {
    records: [
      queued(1, { state: "needs-attention", reason: "conflict", tries: 1 }),
      queued(2, { state: "attempted" }),
      queued(3, { state: "sending", tries: 1 }),
      queued(4, { state: "waiting", reason: "service-unavailable", tries: 2 }),
      queued(5, { state: "sent", sentAt: at("10:44"), tries: 1 }),
    ],
    nextTry: at("10:50"),
  }),
  toSend("all-kinds", {
    records: [
      queued(1, { kind: "not-brought", state: "needs-attention", reason: "refused", tries: 1 }),
      queued(2, {}),
      queued(3, { kind: "note", reason: "service-unavailable", tries: 2 }),
      queued(4, { kind: "withdrawal" }),
      queued(5, { kind: "note", state: "sent", sentAt: at("10:44"), tries: 1 }),
    ],
    nextTry: at("10:50"),
  }),
  toSend("all-reasons", {
    records: reasons.map((reason, index) =>
      queued(index, {
        reason,
        tries: 10,
        state: ["conflict", "refused", "unreadable"].includes(reason)
          ? "needs-attention"
          : "waiting",
      }),
    ),
    lastSent: null,
    nextTry: at("10:50"),
  }),
  toSend(
    "waiting-for-hours",
    {
      records: [queued(1, { reason: "unreachable", tries: 12, triedAt: at("14:40") })],
      delay: "hours",
    },
    { connectivity: { state: "offline", since: at("09:12") } },
  ),
  toSend(
    "waiting-for-days",
    { records: [queued(1, { reason: "unreachable", tries: 300 })], delay: "days" },
    { connectivity: { state: "offline", since: at("09:12") }, notices: ["records-late"] },
  ),
  record("refused", "A record needs attention", { state: "needs-attention" }, { state: "offered" }),
  record(
    "conflict-without-support",
    "A record needs attention",
    { state: "needs-attention", reason: "conflict" },
    { state: "not-offered" },
  ),
  record(
    "refused-again",
    "A record needs attention",
    { state: "needs-attention", tries: 2 },
    { state: "offered" },
  ),
  record(
    "saved",
    "A record needs attention",
    { state: "needs-attention" },
    {
      state: "saved",
      file: "C:\\Users\\apatel\\Downloads\\cpis-check-record-019a9f3e-7c41-7d20-9b52-000000000001.jwe",
    },
  ),
  record(
    "not-saved",
    "A record needs attention",
    { state: "needs-attention" },
    { state: "failed" },
  ),
  record("tried-again", "The record is on its way", { state: "sending" }, { state: "offered" }),
  record(
    "sent",
    "The record has been sent",
    { state: "sent", sentAt: at("10:44"), reason: null },
    { state: "offered" },
  ),
  record(
    "note-refused",
    "A note needs attention",
    { kind: "note", state: "needs-attention" },
    { state: "offered" },
  ),
  record(
    "notice-refused",
    "A notice needs attention",
    { kind: "not-brought", state: "needs-attention" },
    { state: "not-offered" },
  ),
  record(
    "withdrawal-waiting",
    "The notice is on its way",
    { kind: "withdrawal", state: "waiting", reason: "unreachable" },
    { state: "not-offered" },
  ),
  closing(
    "offline",
    { waiting: 3, needsAttention: 1 },
    { connectivity: { state: "offline", since: at("09:12") } },
  ),
  closing("sending", { waiting: 1, needsAttention: 0 }),
  closing("sent", { waiting: 0, needsAttention: 0 }),
  settings("enrolled", {}),
  settings("not-enrolled", { enrolled: false }),
  settings("bare", { ...bare, commit: null }),
  settings("refused", { refused: true }, { notices: ["workstation-refused"] }),
  settings("records-gone", {}, { notices: ["records-gone"] }),
  settings("enrolling", { enrolled: false, enrolling: true }),
  settings("code-missing", { enrolled: false, enrolmentFault: { code: "code-missing" } }),
  settings("code-refused", { enrolled: false, enrolmentFault: { code: "code-refused" } }),
  settings("unreachable", { enrolled: false, enrolmentFault: { code: "unreachable" } }),
  settings("connection-works", {
    connection: checked(true, {
      proxy: { state: "works", detail: "proxy.example.nhs.uk:8080" },
      certificate: { state: "works", detail: "Example Issuing Authority" },
    }),
  }),
  settings("connection-checking", {
    connection: checked(false, {
      certificate: { state: "checking" },
      identity: { state: "waiting" },
      demographics: { state: "waiting" },
      register: { state: "waiting" },
      audit: { state: "waiting" },
    }),
  }),
  settings("connection-certificate", {
    connection: checked(true, {
      certificate: {
        state: "fails",
        fault: {
          code: "certificate",
          fault: "unknown-issuer",
          issuer: "Example Inspecting Proxy",
          clock: at("10:42"),
        },
      },
      identity: { state: "not-reached" },
      demographics: { state: "not-reached" },
      register: { state: "not-reached" },
      audit: { state: "not-reached" },
    }),
  }),
  settings("connection-no-network", {
    connection: checked(true, {
      computer: { state: "fails", fault: { code: "no-network" } },
      certificate: { state: "not-reached" },
      identity: { state: "fails", fault: { code: "unreachable" } },
      demographics: { state: "fails", fault: { code: "timed-out" } },
      register: { state: "fails", fault: { code: "status", status: 503 } },
      audit: { state: "fails", fault: { code: "not-enrolled" } },
    }),
    logs: { path: "C:\\Users\\apatel\\AppData\\Local\\CP-IS Check\\logs", notOpened: true },
  }),
  settings("certificate", {
    enrolled: false,
    enrolmentFault: {
      code: "certificate",
      fault: "not-yet-valid",
      clock: at("09:12", "2019-01-01"),
    },
  }),
  {
    name: "help",
    view: signedIn({ kind: "help" }),
    title: "Help - CP-IS Check",
    heading: "Help",
  },
  {
    name: "help-with-local-contacts",
    view: live({ kind: "help" }, { safeguardingContacts: localContacts }),
    title: "Help - CP-IS Check",
    heading: "Help",
  },
  {
    name: "help-with-a-result",
    view: signedIn({ kind: "help" }, { resultKept: true }),
    title: "Help - CP-IS Check",
    heading: "Help",
  },
  {
    name: "help-practice",
    view: practice(signedIn({ kind: "help" })),
    title: "[Practice] Help - CP-IS Check",
    heading: "Help",
  },
];
