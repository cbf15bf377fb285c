import type { Screen } from "./bindings/Screen";
import type { View } from "./bindings/View";

/** A view for tests: live, connected, with nothing to send. */
export function view(screen: Screen, { revision = 1, user = false } = {}): View {
  return {
    revision,
    program: "live",
    notices: [],
    connectivity: { state: "connected" },
    tasks: { signIn: "works", lookUp: "works", sending: "works" },
    toSend: { waiting: 0, needsAttention: 0 },
    user: user
      ? {
          name: "Asha Patel",
          role: {
            role: "Community Paediatrician",
            organisation: "Westmere Community Health",
            odsCode: "A9Z01",
            mode: "scheduled",
          },
          mayChangeRole: false,
        }
      : null,
    resultKept: false,
    safeguardingContacts: [],
    authorityHours: null,
    lockWarning: null,
    link: null,
    copy: null,
    print: null,
    practice: null,
    screen,
  };
}
