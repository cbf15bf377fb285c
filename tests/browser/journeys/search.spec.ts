import { found, SEARCH } from "../../../ui/src/words/search";
import { child, spaced } from "./children";
import { expect, HOLDERS } from "./journey";
import { test } from "./test";

test("without an NHS number: found by name, chosen, and then checked as a new check", async ({
  start,
  page,
}) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  const someone = child("Looked after child");
  await journey.button(SEARCH.link).click();
  await journey.arrived({
    heading: SEARCH.heading,
    title: SEARCH.heading,
    field: SEARCH.family,
    picture: "search",
  });
  await journey.field(SEARCH.family).fill(someone.family);
  await journey.field("Day").fill(someone.day);
  await journey.field("Month").fill(someone.month);
  await journey.field("Year").fill(someone.year);
  await journey.button(SEARCH.submit).click();
  await expect(journey.heading(found(1))).toBeVisible();
  await expect(page.getByText(SEARCH.notChecked)).toBeVisible();
  await journey.look("search-found");

  // To choose somebody asks nothing: the form is filled, and the person checks.
  await page.getByRole("button", { name: new RegExp(`^${SEARCH.use}`) }).click();
  await expect(journey.heading("Find a child")).toBeFocused();
  await expect(journey.field("NHS number")).toHaveValue(spaced(someone.nhsNumber));
  await expect(journey.field("Year")).toHaveValue(someone.year);
  await journey.look("search-chosen");
  await journey.button("Find child").click();
  await expect(journey.heading("Looked after child")).toBeFocused();

  // The search and the check each left a record of their own.
  await expect(page.getByRole("contentinfo")).toContainText("Nothing to send");
  await page.getByRole("navigation").getByRole("button", { name: "To send" }).click();
  await expect(page.getByRole("row").filter({ hasText: /Sent \d\d:\d\d/ })).toHaveCount(2);
});

test("without an NHS number: nobody found says nothing about the child", async ({
  start,
  page,
}) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  await journey.button(SEARCH.link).click();
  await journey.field(SEARCH.family).fill("Nobody");
  await journey.field("Day").fill("1");
  await journey.field("Month").fill("2");
  await journey.field("Year").fill("2019");
  await journey.button(SEARCH.submit).click();
  await expect(journey.heading(SEARCH.nobody)).toBeVisible();
  await expect(page.getByText(SEARCH.nobodyMeans)).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText("No child protection information found");
  await journey.look("search-nobody");
});
