import { birthDateFault } from "../../../ui/src/words/find";
import { ALL_SENT } from "../../../ui/src/words/shell";
import type { FindFault } from "../../../ui/src/bindings/FindFault";
import { child, spaced } from "./children";
import { expect, HOLDERS, type Journey } from "./journey";
import { test } from "./test";

interface Typed {
  "NHS number"?: string;
  Day?: string;
  Month?: string;
  Year?: string;
}
type Field = keyof Typed;

/** What is typed over a right form, and what is said of it, with the field that each is said of. */
const BAD: [Typed, [Field, ...FindFault[]][]][] = [
  [{ "NHS number": "" }, [["NHS number", "nhs-number-missing"]]],
  [{ "NHS number": "QQ 12 34 56 C" }, [["NHS number", "national-insurance-number"]]],
  [{ "NHS number": "999 ABC 0018" }, [["NHS number", "nhs-number-not-digits"]]],
  [{ "NHS number": "999 000 001" }, [["NHS number", "nhs-number-too-short"]]],
  [{ "NHS number": "999 000 00180" }, [["NHS number", "nhs-number-too-long"]]],
  [{ "NHS number": "999 000 0019" }, [["NHS number", "nhs-number-check-digit"]]],
  [{ Day: "", Month: "", Year: "" }, [["Day", "birth-date-missing"]]],
  [{ Day: "" }, [["Day", "day-missing"]]],
  [{ Month: "" }, [["Month", "month-missing"]]],
  [{ Year: "" }, [["Year", "year-missing"]]],
  [{ Day: "x" }, [["Day", "day-not-a-number"]]],
  [{ Month: "x" }, [["Month", "month-not-a-number"]]],
  [{ Year: "20x8" }, [["Year", "year-not-a-number"]]],
  [{ Year: "18" }, [["Year", "year-digits"]]],
  [{ Day: "31", Month: "2" }, [["Day", "birth-date-not-real"]]],
  [{ Year: "2099" }, [["Day", "birth-date-future"]]],
  [{ Year: "1899" }, [["Year", "birth-date-too-long-ago"]]],
  [
    { "NHS number": "", Day: "", Month: "" },
    [
      ["NHS number", "nhs-number-missing"],
      ["Day", "day-missing", "month-missing"],
    ],
  ],
];

async function fill(journey: Journey, typed: Typed): Promise<void> {
  const { nhsNumber, day, month, year } = child("Looked after child");
  const right = { "NHS number": nhsNumber, Day: day, Month: month, Year: year };
  for (const [name, text] of Object.entries({ ...right, ...typed })) {
    await journey.field(name).fill(text);
  }
}

test("every fault of the form is said twice and led to", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  for (const [typed, faults] of BAD) {
    const what = JSON.stringify(typed);
    await fill(journey, typed);
    await journey.button("Find child").click();
    const sentences = faults.map(([, ...codes]) => birthDateFault(codes) ?? "");
    const links = page.getByRole("alert").getByRole("link");
    await expect(links, what).toHaveText(sentences);
    await expect(journey.errorSummary, what).toBeVisible();
    await expect(page, what).toHaveTitle(/^Error: \[Practice\] Find a child/);
    if (faults.length > 1 || faults[0]?.[1] === "birth-date-not-real") {
      await journey.look(`find-fault-${faults.flatMap(([, ...codes]) => codes).join("-")}`);
    }

    for (const [place, [name]] of faults.entries()) {
      await links.nth(place).click();
      await expect(journey.field(name), what).toBeFocused();
      // Said again at the field: of the number at its box, of the date at its group.
      const described =
        name === "NHS number"
          ? journey.field(name)
          : page.getByRole("group", { name: "Date of birth" });
      await expect(described, what).toHaveAccessibleDescription(
        new RegExp((sentences[place] ?? "").replace(/[.?()]/g, "\\$&")),
      );
    }
    // What was typed is still there to be mended.
    for (const [name, text] of Object.entries(typed)) {
      await expect(journey.field(name), what).toHaveValue(text);
    }
  }
  // Nothing of all this was a look.
  await expect(page.getByRole("contentinfo")).toContainText(ALL_SENT);

  // Mended, it goes through.
  await fill(journey, {});
  await journey.button("Find child").click();
  await journey.arrived({
    heading: "Looked after child",
    title: "Result of the check",
    picture: "result-after-mending",
  });
});

test("a number is read however it is written", async ({ start, page, context }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  const { nhsNumber, day, month, year } = child("Looked after child");
  const parts = spaced(nhsNumber).split(" ");
  for (const written of [
    parts.join("-"),
    `  ${parts.join("   ")} `,
    parts.join("."),
    parts.join("\u00a0"),
    [...nhsNumber].join(" "),
  ]) {
    await journey.check(
      { nhsNumber: written, day: String(Number(day)), month: String(Number(month)), year },
      "Looked after child",
    );
  }

  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  for (const line of [
    `${parts.join(" ")}\n${day}.${month}.${year}\n`,
    `${parts.join("-")}, born ${year}-${month}-${day}`,
    `\r\n${day}/${month}/${year}\r\n${nhsNumber}\r\n`,
  ]) {
    await page.keyboard.press("Control+k");
    await expect(journey.field("NHS number")).toBeFocused();
    await page.evaluate((text) => navigator.clipboard.writeText(text), line);
    await page.keyboard.press("Control+v");
    await expect(journey.field("NHS number")).toHaveValue(spaced(nhsNumber));
    await expect(journey.field("Year")).toHaveValue(year);
    await page.keyboard.press("Enter");
    await expect(journey.heading("Looked after child").first()).toBeFocused();
  }

  // A number alone, over two lines.
  await page.keyboard.press("Control+k");
  await page.evaluate(
    (text) => navigator.clipboard.writeText(text),
    `${parts[0]} ${parts[1]}\r\n${parts[2]}\r\n`,
  );
  await expect(journey.field("NHS number")).toBeFocused();
  await page.keyboard.press("Control+v");
  await page.keyboard.press("Tab");
  await expect(journey.field("NHS number")).toHaveValue(spaced(nhsNumber));
});
