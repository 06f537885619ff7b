import { readdir, readFile } from "node:fs/promises";
import { join, posix, sep } from "node:path";

/** What a built page says of itself and of others. */
interface BuiltPage {
  readonly ids: ReadonlySet<string>;
  readonly links: readonly string[];
}

const entities: Readonly<Record<string, string>> = { amp: "&", quot: '"', lt: "<", gt: ">", "#39": "'", "#x27": "'" };

const attribute = (text: string) =>
  text.replaceAll(/&(amp|quot|lt|gt|#39|#x27);/g, (whole, name: string) => entities[name] ?? whole);

/** Comments, scripts and styles whole, and the attributes of other elements: their text may look like elements. */
const token =
  /<!--[\s\S]*?-->|<(script|style)\b(?:"[^"]*"|'[^']*'|[^"'>])*>[\s\S]*?<\/\1>|<[a-z][^\s/>]*((?:"[^"]*"|'[^']*'|[^"'>])*)>/gi;

/** Elements' ids and addresses. */
export function readPage(html: string): BuiltPage {
  const attributes = [...html.matchAll(token)].flatMap(([, , text = ""]) => [
    ...text.matchAll(/\s([a-z-]+)="([^"]*)"/gi),
  ]);
  const values = (wanted: string) =>
    attributes.flatMap(([, name, value = ""]) => (name === wanted ? [attribute(value)] : []));
  return { ids: new Set(values("id")), links: [...values("href"), ...values("src")] };
}

/** Links of a built site that lead nowhere, as `link, on page`. Links to other hosts are not followed. */
export async function brokenLinks(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(join(folder).length + 1)
        .replaceAll(sep, "/"),
    );
  const present = new Set(files);
  const pages = new Map<string, BuiltPage>();
  for (const path of files.filter((file) => file.endsWith(".html"))) {
    pages.set(path, readPage(await readFile(join(folder, path), "utf8")));
  }
  return [...pages].flatMap(([path, { links }]) =>
    links.filter((link) => !leadsSomewhere(path, link, pages, present)).map((link) => `${path}: ${link}`),
  );
}

function leadsSomewhere(
  page: string,
  link: string,
  pages: ReadonlyMap<string, BuiltPage>,
  present: ReadonlySet<string>,
): boolean {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return true;
  const { pathname, hash } = new URL(link, `http://site/${posix.dirname(page)}/`);
  const at = decodeURIComponent(link.startsWith("#") ? `/${page}` : pathname).slice(1);
  const file = [at, posix.join(at, "index.html")].find((one) => present.has(one));
  if (file === undefined) return false;
  const id = decodeURIComponent(hash.slice(1));
  return id === "" || id === "_top" || !pages.has(file) || (pages.get(file)?.ids.has(id) ?? false);
}
