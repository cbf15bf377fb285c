import type { CertificateFault } from "../bindings/CertificateFault";
import { dayAndTime } from "../format";

/** What this computer's clock says, where a wrong clock is a likely cause. */
export const clockSays = (moment: string) => `This computer's clock says ${dayAndTime(moment)}.`;

/** The sentence at a sign-in or an enrolment that a certificate stood in the way of. */
export function certificateFault(fault: CertificateFault, clock: string): string {
  return FAULTS[fault](clockSays(clock));
}

const FAULTS: Record<CertificateFault, (clock: string) => string> = {
  expired: (clock) =>
    `The service's certificate has run out, or this computer's clock is wrong. ${clock} If that is wrong, put the clock right. If it is right, tell your IT department`,
  "not-yet-valid": (clock) =>
    `${clock} That is probably wrong: put the clock right. If it is right, tell your IT department: the service's certificate is not valid yet`,
  "other-name": () =>
    "Something else answered in place of the service. If you use a guest network, open its page in your browser and sign in there first. If not, tell your IT department: the certificate is for another name",
  "unknown-issuer": () =>
    "This computer does not know who issued the service's certificate. Ask your IT department to set extra_ca_file",
  "from-proxy": () =>
    "Something between this computer and the service, such as a proxy, probably reads the traffic. Ask your IT department to set extra_ca_file",
  "not-pinned": () =>
    "The service's certificate does not have the key that your organisation expects. Something between this computer and the service may read the traffic. Tell your IT department: see pinned_keys",
  revoked: () =>
    "The service's certificate was withdrawn. It cannot be trusted. Tell your IT department",
  "not-trusted": () =>
    "This computer does not trust the certificate of the service. Tell your IT department",
  "weak-encryption": () =>
    "The service offers only old, weak encryption (older than TLS 1.2). Tell your IT department",
};
