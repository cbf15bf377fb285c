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
  await program.setPracticeNetwork(false);
  await program.resetPracticeCards();
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
        "set_practice_network",
        {
          "on": false,
        },
      ],
      [
        "reset_practice_cards",
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
