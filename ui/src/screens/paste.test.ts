import { expect, test } from "vitest";
import { readPasted } from "./paste";

const jodie = { nhsNumber: "999 000 0018", day: "07", month: "03", year: "2019" };

test.each([
  "999 000 0018 07/03/2019",
  "999 000 0018\t07-03-2019\n",
  "07.03.2019, 999 000 0018",
  "Jodie Smith 999 000 0018 born 2019-03-07",
])("finds number and date in %j", (text) => {
  expect(readPasted(text)).toEqual(jodie);
});

test("reads the name of a month", () => {
  expect(readPasted("9990000018 7 March 2019")).toEqual({
    nhsNumber: "9990000018",
    day: "7",
    month: "3",
    year: "2019",
  });
  expect(readPasted("9990000018 07-Mar-2019")?.month).toBe("3");
});

test.each([
  "",
  "9990000018",
  "07/03/2019",
  "999 000 001 07/03/2019",
  "99900000181 07/03/2019",
  "9990000018 07 Foo 2019",
])("leaves %j to the ordinary paste", (text) => {
  expect(readPasted(text)).toBeNull();
});
