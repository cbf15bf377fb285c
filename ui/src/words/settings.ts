import type { EnrolmentFault } from "../bindings/EnrolmentFault";
import { certificateFault } from "./certificate";

export const SETTINGS = {
  heading: "Settings",
  program: "About this program",
  version: "Version",
  policyFile: "Policy file",
  none: "None",
  versionOf: (version: string, commit: string) => `${version} (${commit})`,
  commitUnknown: "commit not known",
  updates: "Updates",
  updatesFrom: "Updates come from your IT department.",
  enrolment: "Enrolment of this computer",
  enrolled: "This computer is enrolled. It can send the records of your checks.",
  notEnrolled: "This computer is not enrolled, so the records of your checks wait here.",
  refused: "The service no longer accepts this computer, so the records of your checks wait here.",
  forIt: "What your IT department must do",
  forItSteps: [
    "Ask whoever runs the service for an enrolment code for this computer. It can be used once.",
    "If they ask for this computer's public key, send them the one on this page. The command cpis-desktop workstation --jwk prints it too.",
    "Type the code here, or write it in the policy file as backend.enrolment_code.",
  ],
  forItClock: "If the code is new and this still fails, check this computer's clock.",
  key: "Public key of this computer",
  keyLead: "The service knows this computer by its key. It is not a secret.",
  thumbprint: "Thumbprint",
  jwk: "Public key (JSON Web Key)",
  copy: "Copy the public key",
  copied: "The public key is copied.",
  notCopied: "The public key could not be copied. It is selected now: press Ctrl + C.",
  practice: "Practice computers enrol themselves.",
  code: "Enrolment code",
  codeHint: "Type it as it was given to you.",
  submit: "Enrol this computer",
  busy: "Enrolling…",
  problem: "There is a problem",
} as const;

/** The sentence for each fault of an enrolment. */
export function enrolmentFault(fault: EnrolmentFault): string {
  return fault.code === "certificate"
    ? certificateFault(fault.fault, fault.clock)
    : FAULTS[fault.code];
}

const FAULTS: Record<Exclude<EnrolmentFault["code"], "certificate">, string> = {
  "code-missing": "Enter the enrolment code",
  "code-refused":
    "The service did not accept this code. It may be wrong, used or too old. Ask your IT department for a new one",
  unreachable: "The service could not be reached. Check the network connection, then try again",
};
