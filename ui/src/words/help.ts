import { MODE } from "./shell";

/** The help screen: headings with paragraphs, and lists of terms with what they mean. */
export const HELP = {
  heading: "Help",
  answers: "What the answers mean",
  answersList: [
    {
      term: "Child protection plan in place",
      means:
        "A local authority has a plan to keep this child safe. Phone them and follow your local procedures.",
    },
    {
      term: "Unborn child protection plan in place",
      means:
        "There is a plan for a child who is not born yet. The record is the mother's, so check the mother's NHS number.",
    },
    {
      term: "Looked after child",
      means: "The child is in the care of a local authority. They may live with foster carers.",
    },
    {
      term: "Plan ended",
      means:
        "There was a plan or a time in care, and it has ended. It is shown for about a year, a plan for an unborn child for about 4 weeks.",
    },
    {
      term: "No child protection information found",
      means:
        "The service answered, and it has no record for this NHS number. This does not mean there are no concerns: not every child at risk is on CP-IS, and records need an NHS number.",
    },
    {
      term: "Not checked",
      means:
        "The check could not be completed. It says nothing about the child. There may or may not be a plan.",
    },
  ],

  told: "Who is told about a check",
  toldList: [
    {
      term: MODE.unscheduled,
      means:
        "In unscheduled care they get your name, role, organisation and the time. Others who check this child see that you looked.",
    },
    {
      term: MODE.scheduled,
      means:
        "In scheduled care they are not told. The check is still recorded with your name, as every check is.",
    },
  ],
  toldRole: "Your role decides which of the two it is.",

  offline: "When you are offline",
  offlineBody: [
    "CP-IS Check asks the service each time. Without a connection a check ends as Not checked.",
    "Before you go to a place without a connection, add the children to your clinic list and choose Prepare for offline. Then you can open a copy of each answer. It says how old it is.",
    "The records of your checks wait under To send and leave by themselves when the connection is back. The program never repeats a check by itself.",
  ],

  terms: "Words used",
  termsList: [
    {
      term: "CP-IS",
      means:
        "Child Protection - Information Sharing. Local authorities share which children have a plan or are looked after.",
    },
    {
      term: "ODS code",
      means: "The code of an organisation in health and care.",
    },
    {
      term: "Registration authority",
      means: "The people in your organisation who give out smartcards and roles.",
    },
    {
      term: "Emergency duty team",
      means: "Social workers of a local authority. They answer when its office is closed.",
    },
  ],

  keys: "Keys",
  keysCaption: "Keys that work on every screen",
  key: "Key",
  does: "What it does",
  keysList: [
    { key: "Ctrl + K", does: "Find a child" },
    { key: "Ctrl + Shift + C", does: "Clinic list" },
    { key: "F8", does: "Check the next child of the clinic list" },
    { key: "Alt + Left arrow", does: "Go back to the page before, where there is one" },
    { key: "Ctrl + L", does: "Lock" },
    { key: "Ctrl + P", does: "Print the result or the clinic list on the screen" },
    { key: "Ctrl + + and Ctrl + -", does: "Make the text larger or smaller" },
    { key: "Ctrl + 0", does: "Go back to the usual size" },
    { key: "F1", does: "Help" },
    { key: "F6", does: "Go to the next part of the window" },
    { key: "Shift + F6", does: "Go to the part before" },
  ],
  keysMac: "On a Mac, press Command in place of Ctrl.",

  report: "Report a problem",
  reportBody: [
    "Tell your IT department. Say what you did, what you saw and at what time. Do not name a child or send a picture of a result.",
    "Settings can check the connection and copy a report without any names. It can also open the folder with the logs.",
    "Tell your safeguarding lead too if a problem could have put a child at risk.",
  ],

  access: "Accessibility",
  accessBody: [
    "CP-IS Check is made to meet level AA of the web accessibility guidelines, WCAG 2.2. It can be used with the keyboard alone, at 400% and with the colours of your computer.",
    "No person with an access need and no screen reader has tried it yet. The whole statement, with the tests behind it, is the file ACCESSIBILITY.md that comes with the program's source.",
    "If something is hard for you to use, tell your IT department.",
  ],

  licences: "Licences",
  licencesBody: [
    "CP-IS Check is free software under the MIT licence. It is not an official NHS product.",
    "Its main parts are free too:",
  ],
  licencesParts: [
    "The NHS design system: MIT licence",
    "Svelte: MIT licence",
    "Tauri: MIT or Apache 2.0 licence",
    "SQLite: in the public domain",
    "aws-lc-rs, for keys and trusted connections: ISC licence",
  ],
} as const;
