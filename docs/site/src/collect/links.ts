import { posix } from "node:path";
import { type Asset, addressOf, type SourcePage } from "./page.js";

/** Where links may lead. */
export interface Targets {
  readonly pages: ReadonlySet<string>;
  readonly assets: ReadonlySet<string>;
}

export const targetsOf = (pages: readonly SourcePage[], assets: readonly Asset[]): Targets => ({
  pages: new Set(pages.map(({ path }) => path)),
  assets: new Set(assets.map(({ path }) => path)),
});

/** What is left of a page's body when links are rewritten, and the links that lead nowhere. */
export interface Rewritten {
  readonly body: string;
  readonly broken: readonly string[];
}

/** Code, whose text is not a link, or a link: `](target)` of Markdown, `href="target"` of HTML. */
const codeOrLink =
  /^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1`*~*[ \t]*$|(`+)(?!`)[^\n]*?(?<!`)\2(?!`)|((?<!\\)\]\()([^()\s]+)(\))|( href=")([^"]+)(")/gm;

/** Turns links to files into links to the pages that come of them, relative, so that the site works under any path. */
export function rewriteLinks({ path, body }: SourcePage, targets: Targets): Rewritten {
  const broken: string[] = [];
  const rewritten = body.replaceAll(codeOrLink, (whole: string, ...groups: readonly (string | undefined)[]) => {
    const [, , open, target, close, openHtml, targetHtml, closeHtml] = groups;
    const written = target ?? targetHtml;
    if (written === undefined) return whole;
    const resolved = resolveLink(path, written, targets);
    if (resolved === null) broken.push(written);
    return `${open ?? openHtml}${resolved ?? written}${close ?? closeHtml}`;
  });
  return { body: rewritten, broken };
}

/** A link's new target; null where it leads nowhere. */
function resolveLink(page: string, written: string, { pages, assets }: Targets): string | null {
  if (/^([a-z][a-z+.-]*:|#)/i.test(written)) return written;
  const [target = "", hash] = written.split("#", 2);
  const file = posix.normalize(posix.join(posix.dirname(page), decodeURI(target)));
  const found = [file, posix.join(file, "README.md")].find((one) => pages.has(one));
  const address = found === undefined ? (assets.has(file) ? file : null) : addressOf(found);
  if (address === null) return null;
  return `${encodeURI(relative(addressOf(page), address))}${hash === undefined ? "" : `#${hash}`}`;
}

/** The way from one address to another, both from the site's root. */
function relative(from: string, to: string): string {
  const way = posix.relative(`/${from}`, `/${to}`);
  return `${way === "" ? "." : way}${to.endsWith("/") || to === "" ? "/" : ""}`;
}
