import type { Page } from "@playwright/test";
import { spaced, type Child } from "./children";

const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** Every way in which the window writes of a child. */
export function traces({ nhsNumber, day, month, year, name, family }: Child): string[] {
  return [
    nhsNumber,
    spaced(nhsNumber),
    family,
    family.toUpperCase(),
    name,
    `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`,
    `${year}-${month}-${day}`,
  ];
}

/** Everything that the page holds: written, typed, stored. */
export async function everything(page: Page): Promise<string> {
  const held = await page.evaluate(async () => {
    const stored = (storage: Storage) => Object.entries(storage).flat();
    return [
      document.documentElement.outerHTML,
      document.title,
      location.href,
      JSON.stringify(history.state),
      ...[...document.querySelectorAll("input")].map(({ value }) => value),
      ...stored(localStorage),
      ...stored(sessionStorage),
      ...(await indexedDB.databases()).map(({ name }) => `database ${name}`),
      ...(await caches.keys()).map((name) => `cache ${name}`),
      document.cookie,
    ];
  });
  const cookies = await page.context().cookies();
  return [...held, ...cookies.map(({ value }) => value)].join("\n");
}

/** Which of these texts scripts can still reach. */
export async function remembered(page: Page, texts: readonly string[]): Promise<string[]> {
  const reached = await memory(page);
  return texts.filter((text) => reached.includes(text));
}

/** Every text that scripts can still reach, after what they can not reach is gone. */
export async function memory(page: Page): Promise<string> {
  const browser = await page.context().newCDPSession(page);
  const parts: string[] = [];
  browser.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => parts.push(chunk));
  await browser.send("HeapProfiler.enable");
  await browser.send("HeapProfiler.collectGarbage");
  await browser.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await browser.detach();
  const { strings } = JSON.parse(parts.join("")) as { strings: string[] };
  return strings.join("\n");
}
