import type { SessionEnd } from "../../../../ui/src/bindings/SessionEnd";
import type { StartFault } from "../../../../ui/src/bindings/StartFault";
import { at, live, practice, type State } from "./state";

const starting: State = {
  name: "starting",
  view: live({ kind: "starting" }, { connectivity: { state: "connecting" } }),
  title: "Starting - CP-IS Check",
  heading: "CP-IS Check is starting",
};

const details: Record<StartFault, string | null> = {
  "no-keychain": "The name org.freedesktop.secrets was not provided by any service files",
  "keychain-locked": null,
  "key-missing": null,
  "other-key": "sealed records exist, but the keychain holds another key",
  policy: "policy.toml: line 4: unknown key `idle_lock_minute` in [session]",
  "data-folder": "Permission denied (os error 13)",
  "audit-trail": "database disk image is malformed",
  "in-use": null,
  "newer-version": "the file has version 9, this program knows versions up to 3",
};

const cannotStart: State[] = Object.entries(details).map(([fault, detail]) => ({
  name: `cannot-start-${fault}`,
  view: live(
    { kind: "cannot-start", fault: fault as StartFault, detail },
    { connectivity: { state: "connecting" } },
  ),
  title: "Cannot start - CP-IS Check",
  heading: "CP-IS Check cannot start",
}));

const ends: Record<SessionEnd, string> = {
  "signed-out": "You are signed out",
  "signed-out-service-not-told": "You are signed out on this computer",
  "service-ended": "The service ended your session",
  "too-long": "Your session reached its longest time",
  "too-many-tries": "You are signed out",
  "not-kept": "You are signed out",
  damaged: "You need to sign in again",
  "other-keychain": "You need to sign in again",
  "other-service": "You need to sign in again",
};

const sessionEnded: State[] = Object.entries(ends).map(([cause, heading], index) => ({
  name: `session-ended-${cause}`,
  view: live(
    {
      kind: "session-ended",
      cause: cause as SessionEnd,
      clinicUntil: index === 0 ? at("21:00") : null,
    },
    { toSend: { waiting: index, needsAttention: 0 } },
  ),
  title: "Session ended - CP-IS Check",
  heading,
}));

const helpSignedOut: State = {
  name: "help-signed-out",
  view: practice(live({ kind: "help" })),
  title: "[Practice] Help - CP-IS Check",
  heading: "Help",
};

export const startStates: State[] = [starting, ...cannotStart, ...sessionEnded, helpSignedOut];
