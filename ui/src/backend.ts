import type { CommandError } from "./bindings/CommandError";
import type { Place } from "./bindings/Place";
import type { PracticeCase } from "./bindings/PracticeCase";
import type { View } from "./bindings/View";
import type { Weather } from "./bindings/Weather";

/**
 * The one seam between the window and the program. Every command answers with the view that it
 * led to; a refused one rejects with a `CommandError`.
 */
export interface Backend {
  /** The present view. */
  view(): Promise<View>;
  /** Calls the listener with each new view, until the answered function is called. */
  onView(listener: (view: View) => void): Promise<() => void>;

  /** Signs in with a card. */
  signIn(card: string, passcode: string): Promise<View>;
  /** Opens the sign-in page in the computer's browser. */
  signInWithBrowser(): Promise<View>;
  /** Gives up a sign-in that is under way. */
  cancelSignIn(): Promise<View>;
  /** Chooses the passcode that unlocks this session. */
  choosePasscode(passcode: string): Promise<View>;
  /** Takes one of the roles offered. */
  chooseRole(choice: string): Promise<View>;
  /** Goes back to the choice of roles. */
  changeRole(): Promise<View>;
  /** Checks a child. Everything is sent as it was typed; the program validates it. */
  findChild(nhsNumber: string, day: string, month: string, year: string): Promise<View>;
  /** Searches for a person by name. Everything is sent as it was typed or chosen. */
  findPerson(typed: TypedSearch): Promise<View>;
  /** Fills the find form with a person of a search: its reference, and the row from 0. */
  chooseMatch(search: string, row: number): Promise<View>;
  /** Checks the number that replaced the one asked for (a new check). */
  useCurrentNumber(): Promise<View>;
  /** Goes on with a restricted or deceased person (a new check). */
  goOn(): Promise<View>;
  /** Asks the same again after a check that was not made (a new check). */
  checkAgain(): Promise<View>;
  /** Stops the check under way. */
  cancelCheck(): Promise<View>;
  /** Brings children in to the clinic list, from text as it was pasted or read from a file. */
  importClinic(text: string, leaveOut: boolean): Promise<View>;
  /** Checks a child of the clinic list. */
  openClinicChild(id: string): Promise<View>;
  /** Checks the child that was chosen, although each check tells the local authority. */
  checkOne(): Promise<View>;
  /** Opens the copy that is kept of a child's answer. */
  openCopy(id: string): Promise<View>;
  /** Opens the copy of which the page says that it is out of date. */
  showOldCopy(): Promise<View>;
  /** Checks the next child of the clinic list. */
  nextChild(): Promise<View>;
  /** Checks all children of the clinic list; with `keep`, copies are kept for being offline. */
  checkClinic(keep: boolean): Promise<View>;
  /** Stops checking many children. */
  stopClinicChecks(): Promise<View>;
  /** Marks whether a child was not brought. */
  markNotBrought(id: string, on: boolean): Promise<View>;
  /** Asks whether the local authority is told that a child was not brought. */
  askNotice(id: string): Promise<View>;
  /** Says whether it is told. Everything is sent as it was typed or chosen. */
  answerNotice(typed: TypedNotice): Promise<View>;
  /** Reads a note's form, and shows what it says. Everything is sent as it was typed or chosen. */
  reviewNote(typed: TypedNote): Promise<View>;
  /** Goes back to a note's form. */
  changeNote(): Promise<View>;
  /** Stores the note that is shown, to be sent. */
  sendNote(): Promise<View>;
  /** Records a print of the note that is shown; the view then holds what may be printed. */
  printNote(): Promise<View>;
  /** Removes the clinic list and all copies. */
  removeClinic(): Promise<View>;
  /** Puts a child on the clinic list, to be checked when the service can be reached. */
  saveForLater(nhsNumber: string, day: string, month: string, year: string): Promise<View>;
  /** Checks the children that were saved. */
  checkSaved(): Promise<View>;
  /** Leaves the children that were saved for later. */
  leaveSaved(): Promise<View>;
  /** Copies the NHS number of the result on the screen. */
  copyNumber(): Promise<View>;
  /** Records a print of the result on the screen; the view then holds what may be printed. */
  print(withHistory: boolean): Promise<View>;
  /** Records a print of the clinic list; the view then holds what may be printed. */
  printClinic(): Promise<View>;
  /** Says that what may be printed is drawn: it goes to the printer. */
  printDrawn(): Promise<View>;
  /** Says that the printer has taken it, or that the person has given up. */
  printed(): Promise<View>;
  /** Goes to a place by name. */
  go(place: Place): Promise<View>;
  /** Sends the waiting records without waiting for the next try. */
  sendNow(): Promise<View>;
  /** Puts one record that needs attention back among the waiting ones. */
  tryAgain(id: string): Promise<View>;
  /** Shows one record of the list. */
  openRecord(id: string): Promise<View>;
  /** Saves the record that is shown in a file that only support can open. */
  saveForSupport(): Promise<View>;
  /** Stays open after all, although somebody closed the window. */
  keepOpen(): Promise<View>;
  /** Closes the program, although records wait. */
  close(): Promise<View>;
  /** Locks the program. */
  lock(): Promise<View>;
  /** Unlocks the program. */
  unlock(passcode: string): Promise<View>;
  /** Ends the session. */
  signOut(): Promise<View>;
  /** Leaves the live sign-in for the practice program. */
  practise(): Promise<View>;
  /** Asks a class to be let in. Everything is sent as it was typed; the program validates it. */
  joinClass(address: string, code: string): Promise<View>;
  /** Goes back from a class to the practice on this computer alone. */
  leaveClass(): Promise<View>;
  /** Says what goes wrong in practice. */
  setPracticeWeather(weather: Weather): Promise<View>;
  /** Fills the find form with a made-up person. */
  usePracticeChild(child: PracticeCase): Promise<View>;
  /** Gives what is printed of the guided tasks. */
  printCompletion(): Promise<View>;
  /** Unlocks the practice cards and gives them their tries back. */
  resetPracticeCards(): Promise<View>;
  /** Checks each part of the way to the service. */
  checkConnection(): Promise<View>;
  /** Opens the folder with the logs. */
  openLogs(): Promise<View>;
  /** Enrols this computer with a one-time code. */
  enrol(code: string): Promise<View>;
  /** Says that somebody is using the program. */
  activity(): Promise<View>;
}

/** The search form as typed; what is not asked for is empty. */
export type TypedSearch = {
  family: string;
  given: string;
  day: string;
  month: string;
  year: string;
  gender: "" | "female" | "male" | "other";
  postcode: string;
};

/** The form of a note as typed; what is not known is empty. */
export type TypedNote = {
  /** The number of the record, from 0. */
  record: string;
  field: string;
  planType: string;
  day: string;
  month: string;
  year: string;
  code: string;
  number: string;
  callback: string;
};

/** The answer to whether the local authority is told, as typed or chosen. */
export type TypedNotice = {
  tell: "" | "yes" | "no";
  day: string;
  month: string;
  year: string;
  callback: string;
};

/** A command that takes nothing with it. */
type Nothing = Record<string, never>;

/** The names of the commands on the wire, and what each takes with it. */
export interface CommandArguments {
  view: Nothing;
  sign_in: { card: string; passcode: string };
  sign_in_with_browser: Nothing;
  cancel_sign_in: Nothing;
  choose_passcode: { passcode: string };
  choose_role: { choice: string };
  change_role: Nothing;
  find_child: { nhsNumber: string; day: string; month: string; year: string };
  find_person: TypedSearch;
  choose_match: { search: string; row: number };
  use_current_number: Nothing;
  go_on: Nothing;
  check_again: Nothing;
  cancel_check: Nothing;
  import_clinic: { text: string; leaveOut: boolean };
  open_clinic_child: { id: string };
  check_one: Nothing;
  open_copy: { id: string };
  show_old_copy: Nothing;
  next_child: Nothing;
  check_clinic: { keep: boolean };
  stop_clinic_checks: Nothing;
  mark_not_brought: { id: string; on: boolean };
  ask_notice: { id: string };
  answer_notice: TypedNotice;
  review_note: TypedNote;
  change_note: Nothing;
  send_note: Nothing;
  print_note: Nothing;
  remove_clinic: Nothing;
  save_for_later: { nhsNumber: string; day: string; month: string; year: string };
  check_saved: Nothing;
  leave_saved: Nothing;
  copy_number: Nothing;
  print: { withHistory: boolean };
  print_clinic: Nothing;
  print_drawn: Nothing;
  printed: Nothing;
  go: { place: Place };
  send_now: Nothing;
  try_again: { id: string };
  open_record: { id: string };
  save_for_support: Nothing;
  keep_open: Nothing;
  close: Nothing;
  lock: Nothing;
  unlock: { passcode: string };
  sign_out: Nothing;
  practise: Nothing;
  join_class: { address: string; code: string };
  leave_class: Nothing;
  set_practice_weather: { weather: Weather };
  use_practice_child: { case: PracticeCase };
  print_completion: Nothing;
  reset_practice_cards: Nothing;
  check_connection: Nothing;
  open_logs: Nothing;
  enrol: { code: string };
  activity: Nothing;
}

/** How one command is carried. Rejects with a `CommandError`. */
export type Carry = <Name extends keyof CommandArguments>(
  name: Name,
  args: CommandArguments[Name],
) => Promise<View>;

/** Makes the backend from a way to carry commands and a way to hear of views. */
export function backendOver(carry: Carry, onView: Backend["onView"]): Backend {
  return {
    onView,
    view: () => carry("view", {}),
    signIn: (card, passcode) => carry("sign_in", { card, passcode }),
    signInWithBrowser: () => carry("sign_in_with_browser", {}),
    cancelSignIn: () => carry("cancel_sign_in", {}),
    choosePasscode: (passcode) => carry("choose_passcode", { passcode }),
    chooseRole: (choice) => carry("choose_role", { choice }),
    changeRole: () => carry("change_role", {}),
    findChild: (nhsNumber, day, month, year) =>
      carry("find_child", { nhsNumber, day, month, year }),
    findPerson: (typed) => carry("find_person", typed),
    chooseMatch: (search, row) => carry("choose_match", { search, row }),
    useCurrentNumber: () => carry("use_current_number", {}),
    goOn: () => carry("go_on", {}),
    checkAgain: () => carry("check_again", {}),
    cancelCheck: () => carry("cancel_check", {}),
    importClinic: (text, leaveOut) => carry("import_clinic", { text, leaveOut }),
    openClinicChild: (id) => carry("open_clinic_child", { id }),
    checkOne: () => carry("check_one", {}),
    openCopy: (id) => carry("open_copy", { id }),
    showOldCopy: () => carry("show_old_copy", {}),
    nextChild: () => carry("next_child", {}),
    checkClinic: (keep) => carry("check_clinic", { keep }),
    stopClinicChecks: () => carry("stop_clinic_checks", {}),
    markNotBrought: (id, on) => carry("mark_not_brought", { id, on }),
    askNotice: (id) => carry("ask_notice", { id }),
    answerNotice: (typed) => carry("answer_notice", typed),
    reviewNote: (typed) => carry("review_note", typed),
    changeNote: () => carry("change_note", {}),
    sendNote: () => carry("send_note", {}),
    printNote: () => carry("print_note", {}),
    removeClinic: () => carry("remove_clinic", {}),
    saveForLater: (nhsNumber, day, month, year) =>
      carry("save_for_later", { nhsNumber, day, month, year }),
    checkSaved: () => carry("check_saved", {}),
    leaveSaved: () => carry("leave_saved", {}),
    copyNumber: () => carry("copy_number", {}),
    print: (withHistory) => carry("print", { withHistory }),
    printClinic: () => carry("print_clinic", {}),
    printDrawn: () => carry("print_drawn", {}),
    printed: () => carry("printed", {}),
    go: (place) => carry("go", { place }),
    sendNow: () => carry("send_now", {}),
    tryAgain: (id) => carry("try_again", { id }),
    openRecord: (id) => carry("open_record", { id }),
    saveForSupport: () => carry("save_for_support", {}),
    keepOpen: () => carry("keep_open", {}),
    close: () => carry("close", {}),
    lock: () => carry("lock", {}),
    unlock: (passcode) => carry("unlock", { passcode }),
    signOut: () => carry("sign_out", {}),
    practise: () => carry("practise", {}),
    joinClass: (address, code) => carry("join_class", { address, code }),
    leaveClass: () => carry("leave_class", {}),
    setPracticeWeather: (weather) => carry("set_practice_weather", { weather }),
    usePracticeChild: (child) => carry("use_practice_child", { case: child }),
    printCompletion: () => carry("print_completion", {}),
    resetPracticeCards: () => carry("reset_practice_cards", {}),
    checkConnection: () => carry("check_connection", {}),
    openLogs: () => carry("open_logs", {}),
    enrol: (code) => carry("enrol", { code }),
    activity: () => carry("activity", {}),
  };
}

/** Reads a rejection as a `CommandError`; anything else means that the program no longer answers. */
export function asCommandError(rejection: unknown): CommandError {
  if (
    typeof rejection === "object" &&
    rejection !== null &&
    "code" in rejection &&
    "message" in rejection &&
    (rejection.code === "not-now" || rejection.code === "stopped") &&
    typeof rejection.message === "string"
  ) {
    return { code: rejection.code, message: rejection.message };
  }
  return { code: "stopped", message: "The program did not answer." };
}
