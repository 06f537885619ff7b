const variable = "KEYLINE_DOCS_CONTENT";

/** Astro loads the collection's configuration by itself: the environment is the only way to tell it. */
export function setContentFolder(folder: string): void {
  process.env[variable] = folder;
}

/** Where the pages were collected. Throws where it is not set. */
export function contentFolder(): string {
  const folder = process.env[variable];
  if (!folder) throw new Error(`${variable} is not set: build the site by npm run docs`);
  return folder;
}
