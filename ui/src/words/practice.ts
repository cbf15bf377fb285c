/** What only practice mode says: the scenario, the made-up people and cards, the guided tasks. */
import type { PracticeCardPurpose } from "../bindings/PracticeCardPurpose";
import type { PracticeCase } from "../bindings/PracticeCase";
import type { PracticeTask } from "../bindings/PracticeTask";
import type { Weather } from "../bindings/Weather";
import { count } from "./values";

export const PRACTICE = {
  banner: "PRACTICE - made-up children",
  /** After the banner, in a class. */
  inClass: (code: string) => `· class ${code}`,
  trainer: "Your trainer sets what goes wrong.",
  network: "Practice network",
  on: "On",
  off: "Off",
  /** The present weather, always said in words. */
  now: (weather: string) => `Now: ${weather}`,
  open: "Change the practice",
  region: "What to practise",
  child: "Made-up child",
  childHint:
    "Nobody real has these NHS numbers. This fills in the form. It does not check the child.",
  childOption: (shows: string, name: string) => `${shows}: ${name}`,
  fill: "Fill in the form",
  noChildren: "You can pick a made-up child when you are signed in and have a role.",
  weather: "What goes wrong",
  setWeather: "Change what goes wrong",
  weatherSet: (weather: string) => `From now on: ${weather}`,
  tasks: "Guided tasks",
  tasksDone: (done: number, all: number) => `${done} of ${all} guided tasks done`,
} as const;

/** What goes wrong. */
export const WEATHERS: Record<Weather, string> = {
  good: "nothing goes wrong",
  slow: "the service is slow",
  offline: "there is no network",
  "service-down": "the service is down",
  "not-allowed": "your role is refused",
  "card-removed": "the card is taken out",
  "record-refused": "a record is refused",
};

/** What a person will see of it. */
export const WEATHER_HINTS: Record<Weather, string> = {
  good: "The service answers at once.",
  slow: "Each check takes 6 seconds.",
  offline: "As on a visit without a signal.",
  "service-down": "The network works, but each check ends as not checked.",
  "not-allowed": "As if somebody took the right to check away from you.",
  "card-removed": "CP-IS Check locks. Put the card back to unlock: choose that nothing goes wrong.",
  "record-refused": "The record of your next check needs attention. You find it under To send.",
};

/** What trying a made-up person shows. */
export const CASES: Record<PracticeCase, string> = {
  "child-protection": "Child protection plan",
  "looked-after": "Looked after child",
  "unborn-child": "Plan for an unborn child, under the mother's number",
  "child-protection-and-looked-after": "Child protection plan and looked after child",
  "ended-ten-days-ago": "Plan ended 10 days ago",
  "ended364-days-ago": "Plan ended 364 days ago, still shown",
  "ended366-days-ago": "Plan ended 366 days ago, no longer shown",
  "nothing-held": "Nothing held",
  "restricted-with-record": "Restricted, with a record",
  "restricted-without-record": "Restricted, nothing held",
  superseded: "Old NHS number, replaced by another",
  "replaces-superseded": "New NHS number of a person who had another, with a plan",
  invalidated: "NHS number no longer in use",
  deceased: "Has died",
  "twenty-five-accesses": "Plan, looked at 25 times",
  "forty-accesses": "Plan, looked at 40 times, 25 shown",
  "no-accesses": "Plan, nobody has looked yet",
  "no-end-date": "Plan without an end date",
  "unknown-plan-code": "Record of a kind that is not on the list",
  "no-office-telephone": "Plan, no office phone number",
  "no-emergency-telephone": "Plan, no phone number out of hours",
  "no-telephone": "Plan, no phone numbers",
  "every-field": "Plan with every field given",
  "other-flags": "Plan, and flags of other kinds beside it",
};

/** What a practice card is for. */
export const CARD_PURPOSES: Record<PracticeCardPurpose, string> = {
  "community-paediatrician":
    "A children's doctor with two roles. In booked clinics the local authority is not told. In unplanned care it is told.",
  "emergency-dentist": "A dentist for emergencies. The local authority is told each time.",
  "dental-nurse": "A dental nurse. The local authority is not told about checks.",
  receptionist: "A receptionist. This role cannot check a child.",
  "expired-card": "A community nurse whose card is too old. You cannot sign in with it.",
  "locked-card": "A nurse whose card is locked after three wrong passcodes.",
};

export const TASKS = {
  heading: "Guided tasks",
  lead: "The program ticks a task off when it sees you do it. Use made-up children only.",
  memory: "Your tasks are kept until you close the program, or somebody else signs in.",
  done: "Done",
  doneAt: (at: string) => `Done ${at}`,
  toDo: "To do",
  all: (done: number, all: number) => `${done} of ${all} done.`,
  print: "Print your record",
  printHint: "The paper shows your name, your role and the tasks. No child is named on it.",
  printWho: "Sign in and choose a role to print your record.",
  printed: "Your computer now asks where to print it.",
} as const;

/** What to do, and how. */
export const TASK_WORDS: Record<PracticeTask, { name: string; hint: string }> = {
  "current-plan-found": {
    name: "Find a child with a plan",
    hint: "Pick a child with a plan under Change the practice, and check them.",
  },
  "nothing-found-explained": {
    name: "Look up what nothing found means",
    hint: "Check a child of whom nothing is held. Then press F1 and read what the answer means.",
  },
  "other-birth-date-noticed": {
    name: "Notice a wrong date of birth",
    hint: "Check a child with another date of birth. Then check the same child with the right one.",
  },
  "locked-and-unlocked": {
    name: "Lock and unlock",
    hint: "Press Ctrl + L. Then type your passcode.",
  },
  "saved-while-offline": {
    name: "Save a child while offline",
    hint: "Switch the network off. Fill in a child, and save them to check later.",
  },
  "copy-opened": {
    name: "Open a kept copy",
    hint: "Prepare the clinic list for being offline. Switch the network off, and open a copy.",
  },
  "record-tried-again": {
    name: "Try a refused record again",
    hint: "Let a record be refused, check a child, and open the record under To send.",
  },
};

/** The record of completion on paper. */
export const COMPLETION = {
  title: "Record of practice with CP-IS Check",
  of: (name: string, role: string, organisation: string) => `${name}, ${role}, ${organisation}`,
  caption: (done: number, all: number) => `${count(done, "task")} of ${all} done`,
  task: "Task",
  when: "When it was done",
  seen: "The program saw each task being done. No real child was checked.",
  signature: "Signed by the trainer",
} as const;
