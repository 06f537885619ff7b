import { posix } from "node:path";
import type { Asset, Section, SourcePage } from "../collect/page.js";
import { drawPicture, type Picture } from "./draw.js";

/** Puts each page's picture behind its first paragraph, as a file beside it. Throws where a picture's page is not there. */
export function withPictures({ pages, assets }: Section, pictures: Readonly<Record<string, Picture>>): Section {
  const missing = Object.keys(pictures).filter((path) => !pages.some((page) => page.path === path));
  if (missing.length > 0) throw new Error(`pictures of pages that are not there: ${missing.join(", ")}`);
  const drawn = Object.entries(pictures).map(([path, picture]) => ({
    path: fileOf(path),
    content: drawPicture(picture),
  }));
  return {
    pages: pages.map((page) => {
      const picture = pictures[page.path];
      return picture === undefined ? page : { ...page, body: illustrated(page, picture) };
    }),
    assets: [...assets, ...drawn],
  };
}

const fileOf = (path: string) => path.replace(/\.md$/, ".svg");

function illustrated({ path, body }: SourcePage, { says }: Picture): string {
  const [first = "", ...others] = body.split("\n\n");
  return [first, `![${says}](${posix.basename(fileOf(path))})`, ...others].join("\n\n");
}

/** Drawings as part of their pages, where they have the page's colours and font. */
export const inlineDrawings = (pages: readonly SourcePage[], assets: readonly Asset[]): readonly SourcePage[] => {
  const drawings = new Map(
    assets.filter(({ path }) => path.endsWith(".svg")).map(({ path, content }) => [path, content]),
  );
  return pages.map((page) => {
    const body = page.body.replaceAll(/^!\[[^\]]*\]\(([^()\s]+\.svg)\)$/gm, (whole, file: string) => {
      const drawing = drawings.get(posix.normalize(posix.join(posix.dirname(page.path), file)));
      return drawing === undefined ? whole : inline(drawing);
    });
    return body === page.body ? page : { ...page, body };
  });
};

/** HTML in Markdown ends at an empty line, and there is none in a drawing on one line. */
const inline = (svg: string): string => `<div class="drawing">${svg.trim().replaceAll("\n", "")}</div>`;
