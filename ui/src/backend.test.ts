import { expect, test } from "vitest";
import { backendOver, type Backend } from "./backend";
import { view } from "./test-views";

test("each command has its name and its arguments on the wire", async () => {
  const sent: [string, unknown][] = [];
  const program: Backend = backendOver(
    (name, args) => {
      sent.push([name, args]);
      return Promise.resolve(view({ kind: "help" }));
    },
    () => Promise.resolve(() => {}),
  );
  await program.view();
  await program.signIn("card-1", "1234");
  await program.chooseRole("r1");
  await program.changeRole();
  await program.findChild("999 000 0018", "6", "8", "2018");
  await program.findPerson({
    family: "Smith",
    given: "",
    day: "6",
    month: "8",
    year: "2018",
    gender: "female",
    postcode: "",
  });
  await program.chooseMatch("reference", 1);
  await program.useCurrentNumber();
  await program.goOn();
  await program.cancelCheck();
  await program.importClinic("999 000 0018, 6/8/2018", true);
  await program.openClinicChild("child-1");
  await program.checkOne();
  await program.openCopy("child-1");
  await program.showOldCopy();
  await program.nextChild();
  await program.checkClinic(true);
  await program.stopClinicChecks();
  await program.markNotBrought("child-1", true);
  await program.askNotice("child-1");
  await program.answerNotice({
    tell: "yes",
    day: "22",
    month: "11",
    year: "2026",
    callback: "01632 960001",
  });
  await program.reviewNote({
    record: "0",
    field: "start-date",
    planType: "",
    day: "3",
    month: "3",
    year: "2026",
    code: "",
    number: "",
    callback: "01632 960001",
  });
  await program.changeNote();
  await program.sendNote();
  await program.printNote();
  await program.removeClinic();
  await program.saveForLater("999 000 0018", "6", "8", "2018");
  await program.checkSaved();
  await program.leaveSaved();
  await program.copyNumber();
  await program.print(true);
  await program.printClinic();
  await program.printDrawn();
  await program.printed();
  await program.go("to-send");
  await program.sendNow();
  await program.tryAgain("id-1");
  await program.openRecord("id-1");
  await program.saveForSupport();
  await program.keepOpen();
  await program.close();
  await program.lock();
  await program.unlock("1234");
  await program.signOut();
  await program.practise();
  await program.joinClass("training.example", "7q2m x4kd");
  await program.leaveClass();
  await program.setPracticeWeather("offline");
  await program.usePracticeChild("looked-after");
  await program.printCompletion();
  await program.resetPracticeCards();
  await program.checkConnection();
  await program.openLogs();
  await program.enrol("code");
  await program.activity();
  expect(sent).toMatchInlineSnapshot(`
    [
      [
        "view",
        {},
      ],
      [
        "sign_in",
        {
          "card": "card-1",
          "passcode": "1234",
        },
      ],
      [
        "choose_role",
        {
          "choice": "r1",
        },
      ],
      [
        "change_role",
        {},
      ],
      [
        "find_child",
        {
          "day": "6",
          "month": "8",
          "nhsNumber": "999 000 0018",
          "year": "2018",
        },
      ],
      [
        "find_person",
        {
          "day": "6",
          "family": "Smith",
          "gender": "female",
          "given": "",
          "month": "8",
          "postcode": "",
          "year": "2018",
        },
      ],
      [
        "choose_match",
        {
          "row": 1,
          "search": "reference",
        },
      ],
      [
        "use_current_number",
        {},
      ],
      [
        "go_on",
        {},
      ],
      [
        "cancel_check",
        {},
      ],
      [
        "import_clinic",
        {
          "leaveOut": true,
          "text": "999 000 0018, 6/8/2018",
        },
      ],
      [
        "open_clinic_child",
        {
          "id": "child-1",
        },
      ],
      [
        "check_one",
        {},
      ],
      [
        "open_copy",
        {
          "id": "child-1",
        },
      ],
      [
        "show_old_copy",
        {},
      ],
      [
        "next_child",
        {},
      ],
      [
        "check_clinic",
        {
          "keep": true,
        },
      ],
      [
        "stop_clinic_checks",
        {},
      ],
      [
        "mark_not_brought",
        {
          "id": "child-1",
          "on": true,
        },
      ],
      [
        "ask_notice",
        {
          "id": "child-1",
        },
      ],
      [
        "answer_notice",
        {
          "callback": "01632 960001",
          "day": "22",
          "month": "11",
          "tell": "yes",
          "year": "2026",
        },
      ],
      [
        "review_note",
        {
          "callback": "01632 960001",
          "code": "",
          "day": "3",
          "field": "start-date",
          "month": "3",
          "number": "",
          "planType": "",
          "record": "0",
          "year": "2026",
        },
      ],
      [
        "change_note",
        {},
      ],
      [
        "send_note",
        {},
      ],
      [
        "print_note",
        {},
      ],
      [
        "remove_clinic",
        {},
      ],
      [
        "save_for_later",
        {
          "day": "6",
          "month": "8",
          "nhsNumber": "999 000 0018",
          "year": "2018",
        },
      ],
      [
        "check_saved",
        {},
      ],
      [
        "leave_saved",
        {},
      ],
      [
        "copy_number",
        {},
      ],
      [
        "print",
        {
          "withHistory": true,
        },
      ],
      [
        "print_clinic",
        {},
      ],
      [
        "print_drawn",
        {},
      ],
      [
        "printed",
        {},
      ],
      [
        "go",
        {
          "place": "to-send",
        },
      ],
      [
        "send_now",
        {},
      ],
      [
        "try_again",
        {
          "id": "id-1",
        },
      ],
      [
        "open_record",
        {
          "id": "id-1",
        },
      ],
      [
        "save_for_support",
        {},
      ],
      [
        "keep_open",
        {},
      ],
      [
        "close",
        {},
      ],
      [
        "lock",
        {},
      ],
      [
        "unlock",
        {
          "passcode": "1234",
        },
      ],
      [
        "sign_out",
        {},
      ],
      [
        "practise",
        {},
      ],
      [
        "join_class",
        {
          "address": "training.example",
          "code": "7q2m x4kd",
        },
      ],
      [
        "leave_class",
        {},
      ],
      [
        "set_practice_weather",
        {
          "weather": "offline",
        },
      ],
      [
        "use_practice_child",
        {
          "case": "looked-after",
        },
      ],
      [
        "print_completion",
        {},
      ],
      [
        "reset_practice_cards",
        {},
      ],
      [
        "check_connection",
        {},
      ],
      [
        "open_logs",
        {},
      ],
      [
        "enrol",
        {
          "code": "code",
        },
      ],
      [
        "activity",
        {},
      ],
    ]
  `);
});
