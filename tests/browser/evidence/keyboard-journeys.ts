/** The ways through the program that are gone by keys alone. */
export const KEYBOARD_JOURNEYS = {
  J1: "sign in with a card, with a passcode left out and shown",
  J2: "choose a role",
  J3: "find a child",
  J4: "mend the faults of a form",
  J5: "read a result, part by part",
  J6: "go offline, look at what waits to be sent, send it",
  J7: "lock and unlock",
  J8: "settings and help",
  J9: "a clinic list: bring in, check all, open one, the next, was not brought",
} as const;

/** Names one of them. */
export type KeyboardJourney = keyof typeof KEYBOARD_JOURNEYS;
