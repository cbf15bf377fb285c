import type { Decision } from "../../../../ui/src/bindings/Decision";
import type { Shown } from "../../../../ui/src/bindings/Shown";
import type { ShownCause } from "../../../../ui/src/bindings/ShownCause";
import { accesses, child, shown } from "./result";
import { clinician, localContacts, signedIn, type State } from "./state";

const again = { decision: { kind: "check-again" } satisfies Decision };

/** Every cause, with what else is known then. */
const causes: Record<ShownCause, { reason?: string; rest?: Partial<Shown> }> = {
  unreachable: { rest: again },
  "timed-out": { rest: { ...again, mode: "unscheduled", told: "not-known" } },
  "connection-lost": { rest: { ...again, mode: "unscheduled", told: "not-known", patient: child } },
  "certificate-expired": {},
  "certificate-not-yet-valid": {},
  "certificate-for-other-name": {},
  "certificate-issuer-unknown": {},
  "certificate-from-proxy": {},
  "certificate-not-pinned": {},
  "certificate-revoked": {},
  "certificate-not-trusted": {},
  "weak-encryption": {},
  "service-unavailable": { rest: { ...again, patient: child } },
  "too-many-requests": { rest: { ...again, patient: child } },
  "sign-in-needed": {},
  "not-allowed": { reason: "Your organisation is not in a care setting that may see this." },
  refused: { reason: "The search parameter is not valid." },
  "not-known": {},
  "number-invalidated": {},
  "unreadable-answer": { rest: { ...again, patient: child } },
  "answer-too-large": { rest: { ...again, patient: child } },
  "wrong-person": { rest: { ...again, patient: child } },
  "incomplete-answer": { rest: { ...again, patient: child } },
  "birth-date-differs": {},
  superseded: { rest: { decision: { kind: "use-current-number", current: "9990000034" } } },
  restricted: {
    rest: { patient: { ...child, restricted: true }, decision: { kind: "go-on" } },
  },
  deceased: {
    rest: {
      mode: "unscheduled",
      told: "no",
      patient: { ...child, deceased: true, deceasedOn: null },
      decision: { kind: "go-on" } satisfies Decision,
    },
  },
  "grown-up": { rest: { decision: { kind: "go-on" } } },
  cancelled: { rest: { ...again, mode: "unscheduled", told: "not-known" } },
};

const withLocalContacts = (state: State): State => ({
  ...state,
  name: `${state.name}-with-local-contacts`,
  view: { ...state.view, safeguardingContacts: localContacts },
});

const perCause: State[] = Object.entries(causes).map(([cause, { reason = null, rest = {} }]) => ({
  name: `not-checked-${cause}`,
  view: signedIn(
    {
      kind: "result",
      clinic: null,
      shown: shown({
        patient: null,
        finding: { kind: "not-checked", cause: cause as ShownCause, reason },
        ...rest,
      }),
      stale: false,
      historyAgain: false,
    },
    rest.mode ? { user: clinician(rest.mode) } : {},
  ),
  title: "Result of the check - CP-IS Check",
  heading: "Not checked",
}));

/** The plans could not be read, and others have looked before. */
const viewed = (name: string, cause: ShownCause, rest: Partial<Shown>): State => ({
  name: `not-checked-${name}`,
  view: signedIn(
    {
      kind: "result",
      clinic: null,
      shown: shown({
        ...again,
        finding: { kind: "not-checked", cause, reason: null },
        history: { kind: "known", accesses: accesses(3) },
        ...rest,
      }),
      stale: false,
      historyAgain: false,
    },
    rest.mode ? { user: clinician(rest.mode) } : {},
  ),
  title: "Result of the check - CP-IS Check",
  heading: "Not checked",
});

export const notCheckedStates: State[] = [
  ...perCause,
  withLocalContacts(perCause[0]!),
  viewed("with-earlier-views", "service-unavailable", {}),
  viewed("with-earlier-views-told", "incomplete-answer", { mode: "unscheduled", told: "yes" }),
];
