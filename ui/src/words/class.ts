/** What practice says of classes: joining one, being in one, leaving it. */
import type { CertificateFault } from "../bindings/CertificateFault";
import type { ClassFault } from "../bindings/ClassFault";
import { clockSays } from "./certificate";

export const CLASS = {
  heading: "Join a class",
  lead: "Your trainer gives you an address and a class code. The children in a class are made up too.",
  address: "Address of the class",
  addressHint: "It can look like this: training.example:8443",
  code: "Class code",
  codeHint: "8 letters and digits, for example 7Q2M-X4KD",
  submit: "Join the class",
  busy: "Asking the class…",
  alone: "Practise without a class",
  problem: "There is a problem",
  offerTitle: "Are you in a class?",
  offer: "Your trainer can show you more, and sees what you have done.",
  join: "Join a class",
  joinedTitle: "Your class",
  joined: (name: string, code: string) => `You are in the class ${name} (${code}).`,
  at: (address: string) => `It is at ${address}.`,
  waiting: (records: number) =>
    records === 1
      ? "1 record of this class has not been sent. It stays on this computer, and is sent when you join this class again."
      : `${records} records of this class have not been sent. They stay on this computer, and are sent when you join this class again.`,
  leave: "Leave the class",
  leaveHint: "You then practise without a class.",
} as const;

/** Why a class was not joined. */
export function classFault(fault: ClassFault): string {
  switch (fault.code) {
    case "other-version":
      return fault.theirs === ""
        ? `The class does not say which version it has. This is version ${fault.ours}. Ask your trainer`
        : `The class has version ${fault.theirs}, and this is version ${fault.ours}. Ask your trainer which one to use`;
    case "certificate":
      return CERTIFICATES[fault.fault](clockSays(fault.clock));
    default:
      return FAULTS[fault.code];
  }
}

/** The field at which a fault can be mended. */
export const atCode = (fault: ClassFault) =>
  fault.code === "code-missing" ||
  fault.code === "code-unreadable" ||
  fault.code === "unknown-class";

const FAULTS: Record<Exclude<ClassFault["code"], "other-version" | "certificate">, string> = {
  "address-missing": "Enter the address of the class",
  "address-unreadable": "Enter an address such as training.example:8443",
  "address-not-encrypted":
    "The address must start with https:// as the class is not on this computer",
  "code-missing": "Enter the class code",
  "code-unreadable": "The class code must be 8 letters and digits, such as 7Q2M-X4KD",
  "unknown-class": "There is no class with this code now. Check the code with your trainer",
  unreachable: "Nobody answers at this address. Check the address and your network, then try again",
  unavailable: "The class cannot answer at the moment. Wait a minute, then try again",
  "not-training":
    "This address is not for training, so you cannot practise there. Nothing was sent to it. Ask your trainer for the right address",
  "other-address":
    "The class wants to be reached at another address. Ask your trainer for the full address",
};

const CERTIFICATES: Record<CertificateFault, (clock: string) => string> = {
  expired: (clock) =>
    `The certificate of the class has run out, or this computer's clock is wrong. ${clock} Tell your trainer`,
  "not-yet-valid": (clock) =>
    `${clock} That may be wrong: the certificate of the class is not valid yet. Tell your trainer`,
  "other-name": () =>
    "The certificate at this address is for another name. Check the address with your trainer",
  "unknown-issuer": () =>
    "This computer does not know who issued the certificate of the class. Ask your IT department to trust it",
  "from-proxy": () =>
    "A proxy between this computer and the class probably reads the traffic. Tell your IT department",
  "not-pinned": () =>
    "This computer does not trust the certificate of the class. Tell your trainer",
  revoked: () => "The certificate of the class was withdrawn. Tell your trainer",
  "not-trusted": () =>
    "This computer does not trust the certificate of the class. Tell your trainer",
  "weak-encryption": () => "The class offers only old, weak encryption. Tell your trainer",
};
