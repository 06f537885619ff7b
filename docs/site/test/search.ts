import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { searchRanking } from "../src/collect/search.js";
import type { Served } from "./serve.js";

/** What of Pagefind's script is used: the same that runs in the browser, on the same index. */
interface Pagefind {
  createInstance(options: object): {
    init(): Promise<void>;
    search(words: string): Promise<{ results: readonly { data(): Promise<{ url: string }> }[] }>;
    destroy(): Promise<void>;
  };
}

/** Asks the search of a built site in Node. Resolves to the addresses of the first five hits for each question, best first. */
export async function askSearch(
  folder: string,
  served: Served,
  words: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { createInstance }: Pagefind = await import(pathToFileURL(join(folder, "pagefind/pagefind.js")).href);
  const options = { basePath: `${served.origin}/pagefind/`, baseUrl: "/", ranking: searchRanking };
  const search = createInstance(options);
  await search.init();
  const hits = new Map<string, readonly string[]>();
  for (const one of words) {
    const { results } = await search.search(one);
    const pages = await Promise.all(results.slice(0, 5).map((result) => result.data()));
    hits.set(
      one,
      pages.map(({ url }) => url),
    );
  }
  await search.destroy();
  return hits;
}
