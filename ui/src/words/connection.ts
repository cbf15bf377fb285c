import type { ConnectionCheck } from "../bindings/ConnectionCheck";
import type { ConnectionFault } from "../bindings/ConnectionFault";
import type { ConnectionPart } from "../bindings/ConnectionPart";
import type { PartOutcome } from "../bindings/PartOutcome";
import { dayAndTime } from "../format";
import { certificateFault } from "./certificate";
import { PROGRAM } from "./shell";

export const CONNECTION = {
  heading: "Check my connection",
  lead: "This checks each part of the way to the service. It asks about no child, and nobody is told.",
  check: "Check my connection",
  again: "Check again",
  checking: "Checking the connection…",
  over: "The connection check has ended.",
  overWithFaults: (parts: number) =>
    parts === 1
      ? "The connection check has ended. 1 part does not work."
      : `The connection check has ended. ${parts} parts do not work.`,
  caption: "The parts of the way to the service",
  part: "Part",
  result: "Result",
  copy: "Copy the report",
  copied: "The report is copied. It names no person.",
  notCopied: "The report could not be copied. It is selected now: press Ctrl + C.",
  report: "Report for your IT department",
  logs: "Logs",
  logsLead: "The program writes down what it does, without the names or numbers of people.",
  logsFolder: "Folder",
  openLogs: "Open logs folder",
  logsNotOpened: "The folder could not be opened. Open it by its name.",
} as const;

/** The parts of the way. */
export const PARTS: Record<ConnectionPart, string> = {
  computer: "This computer is on a network",
  proxy: "Proxy",
  certificate: "Certificate of the service",
  identity: "Sign-in service",
  demographics: "Demographics service",
  register: "Child protection information",
  audit: "Records of checks",
};

/** One outcome as a word or two, then more where there is more. */
export interface OutcomeWords {
  /** "Works" or "Does not work": never told by a sign or a colour alone. */
  word: string;
  more: string;
  tone: "works" | "fails" | "open";
}

const WORD = {
  works: "✓ Works",
  fails: "✗ Does not work",
} as const;

/** The outcome of one part in words. */
export function outcomeWords(part: ConnectionPart, outcome: PartOutcome): OutcomeWords {
  switch (outcome.state) {
    case "waiting":
      return { word: "Not checked yet", more: "", tone: "open" };
    case "checking":
      return { word: "Checking…", more: "", tone: "open" };
    case "not-needed":
      return { word: "Not needed", more: "The service is on this computer.", tone: "open" };
    case "not-reached":
      return {
        word: "Could not be checked",
        more: "Another part must work first.",
        tone: "open",
      };
    case "works":
      return { word: WORD.works, more: detail(part, outcome.detail), tone: "works" };
    case "fails":
      return { word: WORD.fails, more: fault(outcome.fault), tone: "fails" };
  }
}

function detail(part: ConnectionPart, said: string | null): string {
  if (part === "proxy") return said === null ? "No proxy is used." : `Through ${said}.`;
  if (part === "certificate" && said !== null) return `Issued by ${said}.`;
  return "";
}

/** Why a part does not work, and what to do. */
function fault(fault: ConnectionFault): string {
  switch (fault.code) {
    case "no-network":
      return "This computer has no network. Check the cable or the wireless network.";
    case "no-service":
      return "No service is set up on this computer. Ask your IT department.";
    case "unreachable":
      return "Nobody answers at this address. Check the network. If other pages open, ask your IT department about the firewall and the proxy.";
    case "timed-out":
      return "No answer came in time. Try again in a few minutes. If it stays so, tell your IT department.";
    case "connection-lost":
      return "The connection broke. Try again.";
    case "certificate": {
      const issued = fault.issuer === null ? "" : ` It was issued by ${fault.issuer}.`;
      return `${certificateFault(fault.fault, fault.clock)}.${issued}`;
    }
    case "status":
      return `The service cannot answer now (status ${fault.status}). Try again later.`;
    case "unreadable":
      return "Something else answered in place of the service. If this network has a sign-in page, open it in a browser. If not, tell your IT department.";
    case "not-enrolled":
      return "This computer is not enrolled. See the enrolment on this page.";
    case "refused":
      return "The service no longer accepts this computer. See the enrolment on this page.";
  }
}

/** The report as text. It names no person: only parts, addresses, versions and times. */
export function reportText(
  check: ConnectionCheck,
  about: { version: string; service: string | null },
): string {
  const lines = check.parts.map(({ part, outcome }) => {
    const { word, more } = outcomeWords(part, outcome);
    return `${PARTS[part]}: ${[word, more].filter(Boolean).join(". ")}`;
  });
  return [
    `${PROGRAM} ${about.version}`,
    dayAndTime(check.begunAt),
    about.service ?? "-",
    ...lines,
  ].join("\n");
}
