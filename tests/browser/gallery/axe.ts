import type { Page } from "@playwright/test";
import axe from "axe-core";

/** Everything that axe can say about WCAG 2.2 AA, and its best practice. `target-size` is in wcag22aa. */
export const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The release of axe that judges. */
export const AXE = axe.version;

/** One rule about one element. */
export interface Finding {
  rule: string;
  /** What the rule asks, in axe's words. */
  help: string;
  target: string;
  /** Why, in axe's words. */
  summary: string;
}

/** What axe says of a page. */
export interface Verdict {
  /** Rules that are broken. */
  violations: Finding[];
  /** Rules that axe cannot judge: never counted as held. */
  incomplete: Finding[];
  /** The rules that held. */
  passed: string[];
}

/** Has axe look at the page. The script stays in the page for the next look. */
export async function judge(page: Page): Promise<Verdict> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations, incomplete, passes } = await axe.run(document, {
      runOnly: { type: "tag", values: tags },
      resultTypes: ["violations", "incomplete"],
    });
    const findings = (results: typeof violations) =>
      results.flatMap(({ id, help, nodes }) =>
        nodes.map((node) => ({
          rule: id,
          help,
          target: node.target.join(" "),
          summary: node.failureSummary ?? node.any.map(({ message }) => message).join("; "),
        })),
      );
    return {
      violations: findings(violations),
      incomplete: findings(incomplete),
      passed: passes.map(({ id }) => id),
    };
  }, TAGS);
}

/** What axe finds wrong on the page: each rule with the elements that break it. */
export async function violations(page: Page): Promise<string[]> {
  const { violations } = await judge(page);
  return violations.map(
    ({ rule, help, target, summary }) => `${rule} (${help}): ${target} ${summary}`,
  );
}
