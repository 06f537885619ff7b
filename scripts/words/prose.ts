// What of a file is prose: everything else becomes blanks, so that places in it stay those of the file.
import { createRequire } from "node:module";
import { join } from "node:path";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTable } from "micromark-extension-gfm-table";
import type ts from "typescript";

const compiler: typeof ts = createRequire(join(process.cwd(), "package.json"))("typescript");

type Range = readonly [start: number, end: number];

/** The part of an mdast node that is needed here. */
interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  readonly position?: { readonly start: Point; readonly end: Point } | undefined;
  readonly children?: readonly MarkdownNode[];
}

interface Point {
  readonly offset?: number | undefined;
}

export const parseMarkdown = (text: string): MarkdownNode =>
  fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] });

/** A node and all below it. */
export const nodesBelow = (node: MarkdownNode): readonly MarkdownNode[] => [
  node,
  ...(node.children ?? []).flatMap(nodesBelow),
];

/** The texts of a Markdown document, without code and addresses. A paragraph is one line. */
export const proseOfMarkdown = (text: string): string =>
  onlyRanges(
    text,
    nodesBelow(parseMarkdown(text)).flatMap(({ type, position }): readonly Range[] =>
      type === "text" && position ? [[position.start.offset ?? 0, position.end.offset ?? 0]] : [],
    ),
  );

/** The texts of a TypeScript file's strings and templates that have a blank in them. */
export function proseOfTypeScript(text: string): string {
  const file = compiler.createSourceFile("a.ts", text, compiler.ScriptTarget.Latest, true);
  const ranges: Range[] = [];
  const visit = (node: ts.Node): void => {
    const isText = compiler.isStringLiteralLike(node) || compiler.isTemplateLiteralToken(node);
    if (isText && node.text.includes(" ")) ranges.push([node.getStart(file) + 1, node.end - 1]);
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return onlyRanges(text, ranges);
}

function onlyRanges(text: string, ranges: readonly Range[]): string {
  const blank = (start: number, end?: number) => text.slice(start, end).replaceAll(/[^\n]/g, " ");
  const parts = ranges.map(([start, end], index) => {
    const before = blank(ranges[index - 1]?.[1] ?? 0, start);
    return before + text.slice(start, end).replaceAll("\n", " ");
  });
  return parts.join("") + blank(ranges.at(-1)?.[1] ?? 0);
}
