import { parse } from "svelte/compiler";
import ts from "typescript";

/** Attributes of elements that people read or hear. */
const SPOKEN = new Set([
  ...["alt", "content", "label", "placeholder", "title", "value"],
  ...["aria-description", "aria-label", "aria-placeholder", "aria-roledescription"],
  "aria-valuetext",
]);

/** Attributes whose values are names of things in the program, never words for a person. */
const NAMES = new Set(["class", "id", "for", "href", "role", "type", "name"]);

/** The parts of a Svelte tree that stand for markup; all else in it is script. */
const MARKUP =
  /^(Root|Fragment|Text|.*(Element|Tag|Block|Directive|Attribute)|Attribute|Component|SvelteHead|SvelteWindow|TitleElement)$/;

interface Node {
  type: string;
  start: number;
  end: number;
  name?: string;
  data?: string;
}

/** Whether a text is meant for people: words with a space between them, or one that begins with a capital. */
export function speaks(text: string): boolean {
  const words = text.trim();
  if (!/[A-Za-z]{2}/.test(words)) return false;
  if (words.split(/\s+/).every((word) => /^(nhsuk|app)-[\w-]+$/.test(word))) return false;
  return /^[A-Z][a-z]/.test(words) || /[A-Za-z]{2,}[,.:]?\s+[A-Za-z(]/.test(words);
}

/** What a component says by itself, in its markup and in its script. */
export function spokenBySvelte(source: string): string[] {
  const found: string[] = [];
  const script = (node: Node) => found.push(...spokenByScript(source.slice(node.start, node.end)));

  const attribute = (node: Node & { value?: unknown }, component: boolean) => {
    const name = node.name ?? "";
    if (NAMES.has(name)) return;
    const values = Array.isArray(node.value) ? (node.value as Node[]) : [node.value as Node];
    for (const value of values) {
      if (typeof value !== "object") continue;
      if (value.type === "Text") {
        const text = value.data ?? "";
        if ((SPOKEN.has(name) && /[A-Za-z]/.test(text)) || (component && speaks(text))) {
          found.push(text);
        }
      } else visit(value, component);
    }
  };

  const visit = (node: Node, component = false): void => {
    if (node.type === "Text") {
      if (/[A-Za-z]{2}/.test(node.data ?? "")) found.push((node.data ?? "").trim());
    } else if (node.type === "Attribute") {
      attribute(node, component);
    } else if (node.type === "Comment") {
      return;
    } else if (!MARKUP.test(node.type)) {
      script(node);
    } else {
      for (const value of Object.values(node)) {
        for (const child of Array.isArray(value) ? value : [value]) {
          if (typeof child === "object" && child !== null && "type" in child) {
            visit(child as Node, node.type === "Component");
          }
        }
      }
    }
  };

  const { fragment, instance, module } = parse(source, { modern: true });
  visit(fragment as unknown as Node);
  for (const part of [instance, module]) if (part) script(part.content as unknown as Node);
  return found;
}

/** What a script says by itself. */
export function spokenByScript(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    // What a programmer reads when a promise of the program is broken.
    if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText())) return;
    if (ts.isCallExpression(node) && node.expression.getText() === "count") {
      // The name of a thing, in one word, to be put beside a number.
      found.push(...node.arguments.filter(ts.isStringLiteral).map(({ text }) => text));
    }
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      if (speaks(node.text) && !isSelector(node)) found.push(node.text);
    } else if (ts.isTemplateExpression(node)) {
      const parts = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
      if (parts.some((part) => /[A-Za-z]{2,}\s|\s[A-Za-z]{2,}/.test(part))) {
        found.push(parts.join("…"));
      }
    }
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile("script.ts", source, ts.ScriptTarget.ES2022, true));
  return found;
}

const isSelector = ({ parent }: ts.Node) =>
  ts.isCallExpression(parent) &&
  /\.(querySelector(All)?|closest|matches)$/.test(parent.expression.getText());
