import type { Page } from "@playwright/test";

/** How a screen reader says something: when the person pauses, or at once. */
export type Politeness = "polite" | "assertive";

/** One thing that a screen reader would say of its own accord. */
export interface Said {
  politeness: Politeness;
  text: string;
}

/**
 * From the next load on, writes down what live regions would have a screen reader say: the new text
 * of a region that was there before, and an alert that appears. A status that appears with its text
 * is not said by all screen readers, so it is not written down either.
 */
export async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const said: { politeness: string; text: string }[] = [];
    Object.assign(window, { said });
    const LIVE = "[role=status], [role=alert], [role=log], [aria-live]:not([aria-live=off])";
    const politeness = (region: Element) =>
      region.getAttribute("aria-live") ??
      (region.getAttribute("role") === "alert" ? "assertive" : "polite");
    const say = (region: Element) => {
      const text = (region instanceof HTMLElement ? region.innerText : "")
        .replace(/\s+/g, " ")
        .trim();
      if (text) said.push({ politeness: politeness(region), text });
    };
    new MutationObserver((changes) => {
      const appeared = new Set<Element>();
      const regions = new Set<Element>();
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) {
          if (!(node instanceof Element) || !node.isConnected) continue;
          for (const one of [node, ...node.querySelectorAll(LIVE)]) {
            if (one.matches(LIVE)) appeared.add(one);
          }
        }
      }
      for (const { target } of changes) {
        const at = target instanceof Element ? target : target.parentElement;
        const region = at?.closest(LIVE);
        if (region && region.isConnected && !appeared.has(region)) regions.add(region);
      }
      for (const region of appeared) {
        if (politeness(region) === "assertive") regions.add(region);
      }
      regions.forEach(say);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
}

/** What was said since this was last asked. */
export function said(page: Page): Promise<Said[]> {
  return page.evaluate(() => (window as unknown as { said: Said[] }).said.splice(0));
}
