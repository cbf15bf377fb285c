import { readFileSync } from "node:fs";
import {
  createRawSnippet,
  flushSync,
  mount,
  unmount,
  type Component,
  type ComponentInternals,
} from "svelte";

interface Fixture {
  name: string;
  options?: Record<string, unknown>;
  html: string;
}

/** The examples that were asked for, as "component: example". */
export const compared = new Set<string>();

/** The release of the design system that is compared with. */
export const RELEASE = (
  JSON.parse(readFileSync("node_modules/nhsuk-frontend/package.json", "utf8")) as {
    version: string;
  }
).version;

/**
 * The HTML that the design system publishes for one example of a component. Where a name stands
 * for several examples, `having` picks the one with that option.
 */
export function fixture(component: string, name: string, having?: string): string {
  const path = `node_modules/nhsuk-frontend/dist/nhsuk/components/${component}/fixtures.json`;
  const { fixtures } = JSON.parse(readFileSync(path, "utf8")) as { fixtures: Fixture[] };
  const found = fixtures.find(
    (one) => one.name === name && (having === undefined || JSON.stringify(one).includes(having)),
  );
  if (!found) throw new Error(`nhsuk-frontend has no fixture "${name}" of ${component}`);
  compared.add(`${component}: ${name}${having ? ` (${having})` : ""}`);
  return normal(found.html);
}

/** The HTML that one of our components draws. */
export function drawn<Props extends object>(
  component: (internals: ComponentInternals, props: Props) => object,
  props: NoInfer<Props>,
): string {
  const target = document.createElement("div");
  const instance = mount(component as Component, { target, props });
  flushSync();
  const html = normal(target.innerHTML);
  void unmount(instance);
  return html;
}

/** Content for a component: one element, or text. */
export const content = (html: string) =>
  html.startsWith("<")
    ? createRawSnippet(() => ({ render: () => html }))
    : createRawSnippet(() => ({
        render: () => "<i></i>",
        setup: (element) => {
          element.replaceWith(html);
        },
      }));

/**
 * The same HTML in one way of writing: an element a line, attributes in order of their names, no
 * comments, single spaces.
 */
export function normal(html: string): string {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.childNodes].flatMap((node) => lines(node, 0)).join("\n");
}

function lines(node: Node, depth: number): string[] {
  const indent = "  ".repeat(depth);
  if (node.nodeType === Node.TEXT_NODE) {
    const text = (node.textContent ?? "").replace(/\s+/g, " ").trim();
    return text ? [indent + text] : [];
  }
  if (!(node instanceof Element)) return [];
  const attributes = [...node.attributes]
    .map(({ name, value }) => ` ${name}="${name === "class" ? value.trim() : value}"`)
    .sort();
  const inside = [...node.childNodes].flatMap((child) => lines(child, depth + 1));
  return [`${indent}<${node.tagName.toLowerCase()}${attributes.join("")}>`, ...inside];
}
