/** A page before it is a page of the site: Markdown with links to other files, as they lie in its source. */
export interface SourcePage {
  /** From the root of the site's content, with `/` and `.md`. */
  readonly path: string;
  readonly title: string;
  readonly description?: string;
  /** Markdown below the title. */
  readonly body: string;
  /** Fields of Starlight's frontmatter beyond title and description. */
  readonly frontmatter?: Readonly<Record<string, unknown>>;
}

/** A file that is served as it is. */
export interface Asset {
  /** From the root of the site, with `/`. */
  readonly path: string;
  readonly content: string;
}

/** What a part of the site consists of. */
export interface Section {
  readonly pages: readonly SourcePage[];
  readonly assets: readonly Asset[];
}

/** A page's address, from the site's root: `rules/README.md` -> `rules/`, `rules/key-required.md` -> `rules/key-required/`. */
export const addressOf = (path: string): string => {
  const [, folder = "", name = ""] = /^(.*?)([^/]*)\.md$/.exec(path) ?? [];
  return name === "README" || name === "index" ? folder : `${folder}${name}/`;
};

/** The file that the page becomes: `README.md` is the index of its folder. */
export const contentPath = (path: string): string => path.replace(/(^|\/)README\.md$/, "$1index.md");
