import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import Button from "../Button.svelte";
import Card from "../Card.svelte";
import DateInput from "../DateInput.svelte";
import Details from "../Details.svelte";
import ErrorSummary from "../ErrorSummary.svelte";
import FileUpload from "../FileUpload.svelte";
import Input from "../Input.svelte";
import InsetText from "../InsetText.svelte";
import InterruptionPanel from "../InterruptionPanel.svelte";
import PasswordInput from "../PasswordInput.svelte";
import Radios from "../Radios.svelte";
import Select from "../Select.svelte";
import SkipLink from "../SkipLink.svelte";
import SummaryList from "../SummaryList.svelte";
import Table from "../Table.svelte";
import Tag from "../Tag.svelte";
import TaskList from "../TaskList.svelte";
import Textarea from "../Textarea.svelte";
import { compared, content, drawn, fixture, RELEASE } from "./fixture";

/**
 * Where ours must differ from a published example, the example is changed first, by name, so that
 * everything else is still compared.
 */
const replaced = (html: string, ...changes: [from: string, to: string][]) => {
  named += changes.length;
  return changes.reduce((changed, [from, to]) => {
    expect(changed, "the published example still has what is replaced").toContain(from);
    return changed.replaceAll(from, to);
  }, html);
};

/** How many changes of published examples are named below. */
let named = 0;

/** The examples make a label or legend the page's heading; our forms have a heading of their own. */
function withoutHeading(html: string): string {
  const kept: string[] = [];
  let outdented = -1;
  for (const line of html.split("\n")) {
    const depth = line.search(/\S/);
    if (depth <= outdented) outdented = -1;
    if (/<h1 class="nhsuk-(label-wrapper|fieldset__heading)">/.test(line)) {
      outdented = depth;
    } else {
      kept.push(outdented < 0 ? line : line.slice(2));
    }
  }
  return kept
    .join("\n")
    .replace(' nhsuk-label--l"', ' nhsuk-label--s"')
    .replace(/ nhsuk-fieldset__legend--[lm]/, " nhsuk-fieldset__legend--s");
}

describe("components equal the examples of nhsuk-frontend", () => {
  test("button", () => {
    expect(drawn(Button, { children: content("Save and continue") })).toBe(
      fixture("button", "default"),
    );
    const secondary = { variant: "secondary" as const, children: content("Find my location") };
    expect(drawn(Button, secondary)).toBe(fixture("button", "secondary"));
    expect(drawn(Button, { ...secondary, small: true })).toBe(
      fixture("button", "secondary, small"),
    );
    expect(drawn(Button, { variant: "reverse", children: content("Log out") })).toBe(
      fixture("button", "reverse"),
    );
  });

  test("skip link", () => {
    expect(drawn(SkipLink, { text: "Skip to main content", target: "maincontent" })).toBe(
      fixture("skip-link", "default"),
    );
  });

  test("textarea", () => {
    // Never a stored value, and no red lines under names and numbers.
    const ours = (name: string) =>
      replaced(
        withoutHeading(fixture("textarea", name)),
        [' class="nhsuk-textarea', ' autocomplete="off" class="nhsuk-textarea'],
        [' rows="5">', ' rows="5" spellcheck="false">'],
      );
    const named = { name: "example", value: "", label: "Can you provide more detail?" };
    const hint = "Do not include personal information like your name, date of birth or NHS number";
    expect(drawn(Textarea, { ...named, id: "example", hint })).toBe(ours("default"));
    const wrong = { ...named, id: "with-error-message", error: "You must provide an explanation" };
    expect(drawn(Textarea, wrong)).toBe(ours("with error message"));
  });

  test("file upload", () => {
    const named = { id: "file-upload", name: "file-upload", label: "Upload a file" };
    expect(drawn(FileUpload, named)).toBe(withoutHeading(fixture("file-upload", "default")));
    const wrong = { ...named, error: "The selected file must be a JPG, BMP or TIF" };
    expect(drawn(FileUpload, wrong)).toBe(
      withoutHeading(fixture("file-upload", "with error message")),
    );
  });

  test("input", () => {
    const error = replaced(
      withoutHeading(fixture("input", "with error message and hint")),
      // The examples mark 999 123 4567 as one word, which a hint of text cannot.
      ["This is a 10 digit number (like", "This is a 10 digit number"],
      ["    ) that you can find on an NHS letter, prescription or in the NHS App\n", ""],
      ['    <span class="nhsuk-u-nowrap">\n      999 123 4567\n', ""],
      // Never a stored value of the clinician's own.
      [
        ' class="nhsuk-input nhsuk-input--code',
        ' autocomplete="off" class="nhsuk-input nhsuk-input--code',
      ],
    );
    expect(
      drawn(Input, {
        id: "with-hint-error",
        name: "example",
        label: "What is your NHS number?",
        hint: "This is a 10 digit number",
        error: "Enter NHS number",
        value: "",
        width: 10,
        code: true,
        inputmode: "numeric",
      }),
    ).toBe(error);
  });

  test("date input", () => {
    const props = {
      id: "example",
      legend: "What is your date of birth?",
      labels: { day: "Day", month: "Month", year: "Year" },
      hint: "For example, 31 3 1980",
      day: "",
      month: "",
      year: "",
    };
    // Not bday: the date is the child's, not the clinician's.
    const ours = (name: string) =>
      replaced(withoutHeading(fixture("date-input", name)), [
        '<input class="nhsuk-input',
        '<input autocomplete="off" class="nhsuk-input',
      ]);
    expect(drawn(DateInput, props)).toBe(ours("default"));
    expect(
      drawn(DateInput, {
        ...props,
        error: "Enter your date of birth",
        wrong: ["day", "month", "year"],
      }),
    ).toBe(ours("with error message and hint"));
    expect(
      drawn(DateInput, {
        ...props,
        error: "Date of birth must include a day",
        wrong: ["day"],
      }),
    ).toBe(replaced(ours("with error on day input"), [' value="3"', ""], [' value="1980"', ""]));
  });

  test("password input", () => {
    expect(
      drawn(PasswordInput, {
        id: "with-error-message",
        name: "example",
        label: "Password",
        hint: "It probably has some letters, numbers and maybe even some symbols in it",
        error: "Enter a password",
        value: "",
        words: { show: "Show", hide: "Hide", showLabel: "Show password", hideLabel: "Hide" },
      }),
    ).toBe(
      replaced(
        withoutHeading(fixture("password-input", "with error message and hint")),
        // Not to be stored by anything; and the button works, so it is not hidden.
        ['autocomplete="current-password"', 'autocomplete="off"'],
        [' hidden=""', ""],
        ["nhsuk-input--error nhsuk", "nhsuk-input--error nhsuk-input--width-10 nhsuk"],
      ),
    );
  });

  test("radios", () => {
    expect(
      drawn(Radios, {
        id: "with-hint-item",
        name: "example",
        legend: "Do you have a mobile phone with signal?",
        items: [
          {
            value: "mobile",
            text: "Yes, I have a mobile phone with signal",
            hint: "We will text you a 6 digit security code",
          },
          {
            value: "landline",
            text: "No, I want to use my landline",
            hint: "We will call you to give you a 6 digit security code",
          },
        ],
        value: "",
      }),
    ).toBe(withoutHeading(fixture("radios", "with hints on items")));
    expect(
      drawn(Radios, {
        id: "with-hint-error",
        name: "example",
        legend: "How do you want to be contacted about this?",
        hint: "Select 1 option",
        error: "Select how you want to be contacted",
        items: [
          { value: "email", text: "Email" },
          { value: "phone", text: "Phone" },
          { value: "text", text: "Text message" },
        ],
        value: "",
      }),
    ).toBe(withoutHeading(fixture("radios", "with error message and hint")));
    expect(
      drawn(Radios, {
        id: "example",
        name: "example",
        legend: "How do you want to be contacted about this?",
        items: [
          { value: "email", text: "Email" },
          { value: "phone", text: "Phone" },
          { value: "text", text: "Text message" },
        ],
        value: "",
        small: true,
      }),
    ).toBe(withoutHeading(fixture("radios", "default", '"small":true')));
  });

  test("error summary", () => {
    expect(
      drawn(ErrorSummary, {
        heading: "There is a problem",
        errors: [
          { text: "Enter your first name", field: "example-first-name" },
          { text: "Enter your last name", field: "example-last-name" },
        ],
      }),
    ).toBe(
      // The design system's script adds the tabindex; here it is in the markup.
      replaced(fixture("error-summary", "with multiple errors"), [
        'data-module="nhsuk-error-summary"',
        'data-module="nhsuk-error-summary" tabindex="-1"',
      ]),
    );
  });

  test("details", () => {
    const text =
      "You can find your NHS number by logging in to the NHS App or on any document the NHS has sent you.";
    expect(
      drawn(Details, { summary: "How to find your NHS number", children: content(text) }),
    ).toBe(fixture("details", "default"));
  });

  test("inset text", () => {
    const text =
      "<p>You can report any suspected side effect using the Yellow Card safety scheme</p>";
    expect(drawn(InsetText, { children: content(text) })).toBe(fixture("inset-text", "default"));
  });

  test("summary list, alone and in a card", () => {
    const rows = [
      { key: "Name", value: "Karen Francis" },
      { key: "Date of birth", value: "15 March 1984" },
    ];
    const list = drawn(SummaryList, { rows, lastRowBorder: false });
    const card = fixture("summary-list", "as a card");
    expect(card).toContain(list.replaceAll(/^/gm, "    "));
    expect(
      drawn(Card, {
        heading: "Regional Manager",
        size: "m",
        children: content('<dl class="list"></dl>'),
      }),
    ).toBe(card.slice(0, card.indexOf("    <dl")) + '    <dl class="list">');
  });

  test("card", () => {
    const description = content(
      '<p class="nhsuk-card__description">Stay away from school, nursery or work until all the spots have crusted over. This is usually 5 days after the spots first appeared.</p>',
    );
    expect(
      drawn(Card, {
        heading: "School, nursery or work",
        variant: "warning",
        children: description,
      }),
    ).toBe(fixture("card", "warning"));
  });

  test("tag", () => {
    expect(drawn(Tag, { text: "Active" })).toBe(fixture("tag", "default"));
    expect(drawn(Tag, { text: "Green", colour: "green" })).toBe(fixture("tag", "colour class"));
  });

  test("table", () => {
    const rows = [
      ["Blisters on lips or around the mouth", "Cold sores"],
      ["Itchy, dry, cracked, sore", "Eczema"],
      ["Itchy blisters", "Shingles, chickenpox"],
    ].map((cells, index) => ({ id: String(index), cells }));
    const props = {
      caption: "Impetigo can look similar to other skin conditions",
      head: ["Skin symptoms", "Possible cause"],
      rows,
    };
    expect(drawn(Table<never>, props)).toBe(fixture("tables", "default", '"responsive":true}'));
    expect(drawn(Table<never>, { ...props, compact: true })).toBe(
      fixture("tables", "default", '"compact":true,"responsive":true}'),
    );
  });

  test("interruption panel", () => {
    const example = fixture("panel", "interruption for confirmation to continue");
    const head = example.slice(0, example.indexOf('  <div class="nhsuk-panel__body">'));
    const body = '  <div class="nhsuk-panel__body">\n    <p class="body">';
    const ours = { heading: "Is your weight correct?", children: content('<p class="body"></p>') };
    // As the page's own heading it takes the focus when a person comes to it.
    expect(drawn(InterruptionPanel, { ...ours, page: true })).toBe(
      replaced(head, ["<h1 class", '<h1 tabindex="-1" class']).replace(
        /<h1 tabindex="-1" (class="[^"]*")/,
        '<h1 $1 tabindex="-1"',
      ) + body,
    );
    expect(drawn(InterruptionPanel, ours)).toBe(
      // Under the heading of the page it is a smaller one of the second level.
      replaced(head, ["<h1", "<h2"], ["nhsuk-panel__heading--l", "nhsuk-panel__heading--m"]) + body,
    );
  });

  test("select", () => {
    const options = [
      ["published", "Recently published"],
      ["updated", "Recently updated"],
      ["views", "Most views"],
      ["comments", "Most comments"],
    ].map(([value = "", text = ""]) => ({ value, text }));
    const ours = { id: "example", name: "example", label: "Sort by", options, value: "" };
    expect(drawn(Select, ours)).toBe(withoutHeading(fixture("select", "default")));
  });

  test("task list", () => {
    // Ours are done somewhere in the program, so their names are no links.
    const [first = "", ...rest] = fixture("task-list", "default").split("<li").slice(1);
    expect(rest.length).toBeGreaterThan(1);
    const unlinked = (item: string) =>
      replaced(
        `<ul class="nhsuk-task-list">\n  <li${item.trimEnd()}`,
        [" nhsuk-task-list__item--with-link", ""],
        ["your-health", "task"],
      ).replace(/<a [^>]*>/, "<div>");
    expect(
      drawn(TaskList, {
        id: "task",
        items: [{ name: "Exercise", status: "Completed", completed: true }],
      }),
    ).toBe(unlinked(first));
    const third = (rest[1] ?? "").replaceAll("-3-", "-1-");
    expect(
      drawn(TaskList, {
        id: "task",
        items: [
          {
            name: "Family health history",
            hint: "Details of your parents, brothers and sisters",
            status: "Incomplete",
            completed: false,
          },
        ],
      }),
    ).toBe(unlinked(third));
  });
});

// The last: each comparison above stops at the first difference, so there was none.
test("the examples that were compared are counted", () => {
  const components = new Set([...compared].map((example) => example.split(":")[0]));
  expect(components.size).toBe(18);
  const report = { release: RELEASE, components: components.size, examples: compared.size, named };
  mkdirSync("../target/accessibility", { recursive: true });
  writeFileSync("../target/accessibility/fixtures.json", JSON.stringify(report));
  console.log(
    `nhsuk-frontend ${RELEASE}: ${compared.size} examples of ${components.size} components compared, difference 0 after ${named} changes named in the test`,
  );
});
