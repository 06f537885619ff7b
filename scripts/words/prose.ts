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

/** The texts of a TypeScript file's comments, and of its strings and templates that have a blank in them. */
export function proseOfTypeScript(text: string): string {
  const file = compiler.createSourceFile("a.ts", text, compiler.ScriptTarget.Latest, true);
  const ranges: Range[] = [];
  const addComment = (start: number, end: number) => {
    const [from, to] = ranges.at(-1) ?? [0, 0];
    // Comments on lines that follow each other are one.
    if (/^\n *$/.test(text.slice(to, start))) ranges.splice(-1, 1, [from, end]);
    else if (to <= start) ranges.push([start + 2, end]);
  };
  const visit = (node: ts.Node): void => {
    for (const { pos, end } of compiler.getTrailingCommentRanges(text, node.pos) ?? []) addComment(pos, end);
    for (const { pos, end } of compiler.getLeadingCommentRanges(text, node.pos) ?? []) addComment(pos, end);
    const isText = compiler.isStringLiteralLike(node) || compiler.isTemplateLiteralToken(node);
    if (isText && node.text.includes(" ")) ranges.push([node.getStart(file) + 1, node.end - 1]);
    node.getChildren(file).forEach(visit);
  };
  visit(file);
  return onlyRanges(text, ranges);
}

/** The text with these ranges alone, each as one line: without ends of lines, and what begins a comment's line after them. */
function onlyRanges(text: string, ranges: readonly Range[]): string {
  const blank = (start: number, end?: number) => text.slice(start, end).replaceAll(/[^\n]/g, " ");
  const parts = ranges.map(([start, end], index) => {
    const before = blank(ranges[index - 1]?.[1] ?? 0, start);
    return before + text.slice(start, end).replaceAll(/\n( *(\*|\/\/))?/g, (found) => " ".repeat(found.length));
  });
  return parts.join("") + blank(ranges.at(-1)?.[1] ?? 0);
}
