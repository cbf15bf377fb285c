import type { Browser } from "@playwright/test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const TARGET = fileURLToPath(new URL("../../../target/", import.meta.url));

/** Where the gallery leaves its pictures. */
export const PICTURES = path.join(TARGET, "gallery");

/** Where the contact sheets go, beside the pictures of the journey through the window. */
export const SHEETS = path.join(TARGET, "journey", "states");

interface Layout {
  /** The folder of the pictures, and the start of the names of the sheets. */
  name: string;
  folder: string;
  /** Of one picture on the sheet (CSS pixels). */
  width: number;
  /** What is cut off below; a narrow page may be very long. */
  height: number;
  columns: number;
  rows: number;
}

const LAYOUTS: readonly Layout[] = [
  { name: "1280", folder: PICTURES, width: 400, height: 250, columns: 5, rows: 5 },
  {
    name: "320",
    folder: path.join(PICTURES, "narrow"),
    width: 160,
    height: 800,
    columns: 12,
    rows: 2,
  },
];

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const page = (
  { folder, width, height, columns }: Layout,
  names: readonly string[],
) => `<!doctype html>
<meta charset="utf-8"><title>Contact sheet</title>
<style>
  body { display: grid; gap: 12px; grid-template-columns: repeat(${columns}, ${width}px); margin: 12px; font: 12px sans-serif }
  figure { margin: 0 }
  figcaption { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
  div { border: 1px solid #768692; box-sizing: border-box; height: ${height}px; overflow: hidden }
  img { display: block; width: 100% }
</style>
${names
  .map(
    (name) =>
      `<figure><figcaption>${escaped(name)}</figcaption><div><img src="${pathToFileURL(path.join(folder, `${name}.png`)).href}" alt=""></div></figure>`,
  )
  .join("\n")}`;

/** Puts the pictures of all these states on sheets; answers with the names of the sheets. */
export async function layOut(browser: Browser, names: readonly string[]): Promise<string[]> {
  rmSync(SHEETS, { recursive: true, force: true });
  mkdirSync(SHEETS, { recursive: true });
  const sheets = await Promise.all(LAYOUTS.map((layout) => layOutAs(layout, browser, names)));
  return sheets.flat();
}

async function layOutAs(
  layout: Layout,
  browser: Browser,
  names: readonly string[],
): Promise<string[]> {
  const { name, width, height, columns, rows } = layout;
  const sheets: string[] = [];
  const window = await browser.newPage({
    viewport: { width: columns * (width + 12) + 12, height: rows * (height + 28) + 12 },
  });
  for (let start = 0; start < names.length; start += columns * rows) {
    const sheet = `${name}-${String(start / (columns * rows) + 1).padStart(2, "0")}`;
    const html = path.join(SHEETS, `${sheet}.html`);
    writeFileSync(html, page(layout, names.slice(start, start + columns * rows)));
    await window.goto(pathToFileURL(html).href);
    const missing = await window.evaluate(
      () => [...document.images].filter(({ naturalWidth }) => naturalWidth === 0).length,
    );
    if (missing > 0) throw new Error(`${missing} pictures are missing on ${sheet}`);
    await window.screenshot({ path: path.join(SHEETS, `${sheet}.png`), fullPage: true });
    rmSync(html);
    sheets.push(sheet);
  }
  await window.close();
  return sheets;
}
