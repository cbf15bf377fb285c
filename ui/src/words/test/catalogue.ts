import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

/** One text of the catalogue. */
export interface Entry {
  file: string;
  text: string;
}

/** What stands in for a value that is put into a text: a number, a time, a name. */
const VALUE = "two";

/** Every text of the catalogue, as it is written there. */
export function catalogue(): Entry[] {
  return readdirSync("src/words")
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .flatMap((file) => {
      const source = ts.createSourceFile(
        file,
        readFileSync(`src/words/${file}`, "utf8"),
        ts.ScriptTarget.ES2022,
        true,
      );
      return texts(source).map((text) => ({ file, text }));
    });
}

function texts(node: ts.Node): string[] {
  if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return [];
  if (ts.isTemplateExpression(node)) return [written(node), ...node.templateSpans.flatMap(texts)];
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    return isCode(node) ? [] : [node.text];
  }
  const found: string[] = [];
  node.forEachChild((child) => {
    found.push(...texts(child));
  });
  return found;
}

/** Names of codes: of a property, in a comparison, in a list of codes. */
function isCode({ parent, text }: ts.StringLiteralLike): boolean {
  return (
    (ts.isPropertyAssignment(parent) && parent.name.getText().includes(`"${text}"`)) ||
    ts.isCaseClause(parent) ||
    ts.isBinaryExpression(parent) ||
    /^[a-z]+(-[a-z]+)*$/.test(text)
  );
}

/** A text with values in it. Another text of the catalogue, named in capitals, is scored by itself. */
function written({ head, templateSpans }: ts.TemplateExpression): string {
  return templateSpans.reduce(
    (text, { expression, literal }) =>
      text + (/^[A-Z_]+$/.test(expression.getText()) ? "" : VALUE) + literal.text,
    head.text,
  );
}
