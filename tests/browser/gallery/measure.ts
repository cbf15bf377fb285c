import type { Page } from "@playwright/test";

/** Where the keyboard stops, and what can be seen of it. */
export interface Stop {
  /** The start of the element, for messages. */
  element: string;
  /** On the page, not in the window (CSS pixels). */
  box: { top: number; left: number; right: number; bottom: number };
  /** In a part of the window that may stay in place. */
  shell: boolean;
  /** Some of it can be seen: it is in the window, and nothing lies over it. */
  seen: boolean;
  /** It looks otherwise than without the focus. */
  marked: boolean;
}

/** More stops than any screen has: what takes longer is a trap. */
const MANY = 120;

/**
 * Goes through the page with the Tab key, from its start to its end.
 *
 * @throws when the keyboard does not come to its end.
 */
export async function tabThrough(page: Page): Promise<Stop[]> {
  await page.evaluate(() => {
    const stops: { at: HTMLElement; look: string; stop: Stop }[] = [];
    // The mark of a radio is drawn by its label.
    const look = (at: HTMLElement) =>
      [
        [at, null],
        [at, "::before"],
        [at.nextElementSibling, "::before"],
        [at.firstElementChild, null],
      ]
        .map(([element, part]) => {
          if (!(element instanceof Element)) return "";
          const style = getComputedStyle(element, part as string | null);
          return `${style.outline} ${style.boxShadow} ${style.backgroundColor} ${style.border}`;
        })
        .join("|");
    const seen = (at: HTMLElement, box: DOMRect) =>
      [
        [box.left + box.width / 2, box.top + box.height / 2],
        [box.left + 3, box.top + 3],
        [box.right - 3, box.bottom - 3],
      ].some(([x = 0, y = 0]) => {
        const top = document.elementFromPoint(x, y);
        // A label or an icon may lie over its own field.
        return top !== null && (at.contains(top) || top.contains(at) || top.closest("label"));
      });
    const stopped = (): boolean => {
      const at = document.activeElement;
      // At the end the keyboard leaves the page, or begins anew.
      if (!(at instanceof HTMLElement) || at === document.body) return false;
      const before = stops.findIndex((stop) => stop.at === at);
      if (before > 0) throw new Error(`the keyboard is trapped at ${at.outerHTML.slice(0, 140)}`);
      if (before === 0) return false;
      const box = at.getBoundingClientRect();
      stops.push({
        at,
        look: look(at),
        stop: {
          element: at.outerHTML.slice(0, 140),
          box: {
            top: box.top + scrollY,
            left: box.left,
            right: box.right,
            bottom: box.bottom + scrollY,
          },
          shell: at.closest("header, footer, .nhsuk-skip-link") !== null,
          seen: seen(at, box),
          marked: false,
        },
      });
      return true;
    };
    const finished = () => {
      (document.activeElement as HTMLElement | null)?.blur();
      for (const { at, look: before, stop } of stops) stop.marked = look(at) !== before;
      return stops.map(({ stop }) => stop);
    };
    Object.assign(window, { stopped, finished });
    // From the very start of the page, or of the dialog that lies over it.
    const start = document.querySelector("dialog[open]") ?? document.body;
    if (start instanceof HTMLElement) {
      start.tabIndex = -1;
      start.focus();
      start.removeAttribute("tabindex");
    }
  });
  for (let press = 0; press < MANY; press += 1) {
    await page.keyboard.press("Tab");
    const on = await page.evaluate(() => (window as unknown as { stopped(): boolean }).stopped());
    if (!on) {
      return page.evaluate(() => (window as unknown as { finished(): Stop[] }).finished());
    }
  }
  throw new Error(`the keyboard does not come out of the page after ${MANY} stops`);
}

/** Whether one stop comes after another for the eye: below it, or to the right of it. */
export const follows = (next: Stop, stop: Stop): boolean =>
  next.box.top >= stop.box.bottom - 1 || next.box.left >= stop.box.right - 1;

/** The spacing of text of WCAG 2.2, 1.4.12. */
const SPACED = `
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
  p { margin-bottom: 2em !important }`;

/** Spaces the text of the page as a person may, until the next visit. */
export const space = (page: Page): Promise<void> =>
  page.evaluate((rules) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets = [sheet];
  }, SPACED);

/** Where the page does not fit in its window: what reaches over the edge, and text that is cut off. */
export const overflows = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const faults: string[] = [];
    // Kept for screen readers alone, in a box of one pixel.
    const unseen = (element: Element): boolean => {
      const { width, height } = element.getBoundingClientRect();
      const { overflow } = getComputedStyle(element);
      if (overflow === "hidden" && width <= 1 && height <= 1) return true;
      return element.parentElement !== null && unseen(element.parentElement);
    };
    const wide = document.documentElement.scrollWidth;
    if (wide > innerWidth) faults.push(`the page is ${wide} px wide`);
    for (const element of document.querySelectorAll("body *")) {
      if (!element.checkVisibility({ visibilityProperty: true })) continue;
      if (element.closest("svg") || unseen(element)) continue;
      const words = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
      if (!words) continue;
      const name = element.outerHTML.slice(0, 100);
      const { left, right } = element.getBoundingClientRect();
      const skip = element.matches(".nhsuk-skip-link:not(:focus)");
      if (!skip && (right > innerWidth + 1 || left < -1)) faults.push(`over the edge: ${name}`);
      const { overflowX, overflowY } = getComputedStyle(element);
      const cut =
        (overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1) ||
        (overflowY !== "visible" && element.scrollHeight > element.clientHeight + 1);
      if (cut && !element.matches("textarea, .nhsuk-skip-link")) faults.push(`cut off: ${name}`);
    }
    return faults;
  });

/** Things to press or fill in that are smaller than 24 CSS px, apart from links in a sentence. */
export const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll("a, button, input, select, textarea, summary, [role=button]")]
      .filter((target) => target.checkVisibility({ visibilityProperty: true }))
      .filter((target) => !target.matches(".nhsuk-skip-link"))
      .map((target) => ({ target, box: target.getBoundingClientRect() }))
      .filter(
        ({ target, box }) =>
          Math.min(box.width, box.height) < 24 &&
          !(target.matches("a") && getComputedStyle(target).display === "inline"),
      )
      .map(({ target, box }) => `${box.width} x ${box.height}: ${target.outerHTML.slice(0, 100)}`),
  );

/** Hints and errors that stand at a field or a group and are not tied to it. */
export const untiedHints = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll(".nhsuk-hint[id], .nhsuk-error-message[id]")]
      .filter(
        ({ id }) =>
          document.querySelector(
            `input[aria-describedby~="${id}"], textarea[aria-describedby~="${id}"], fieldset[aria-describedby~="${id}"], select[aria-describedby~="${id}"]`,
          ) === null,
      )
      .map((hint) => hint.outerHTML),
  );

/** Icons of which nothing is drawn in a colour that differs from what lies behind them. */
export const invisibleIcons = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const behind = (element: Element): string => {
      for (let at: Element | null = element; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at);
        if (!/^(transparent|rgba\(0, 0, 0, 0\))$/.test(backgroundColor)) return backgroundColor;
      }
      return getComputedStyle(document.documentElement).backgroundColor;
    };
    return [...document.querySelectorAll("svg")]
      .filter((icon) => icon.checkVisibility())
      .filter((icon) => {
        const back = behind(icon);
        const parts = [...icon.querySelectorAll("path, circle, rect, line")];
        return !parts.some((part) => {
          const { fill, stroke } = getComputedStyle(part);
          return [fill, stroke].some((colour) => colour !== "none" && colour !== back);
        });
      })
      .map((icon) => icon.outerHTML);
  });
