import { defineCollection } from "astro:content";
import { pathToFileURL } from "node:url";
import { docsSchema } from "@astrojs/starlight/schema";
import { glob } from "astro/loaders";
import { z } from "astro/zod";
import { contentFolder } from "./site/content-folder.js";

/** A page's id is its address: names keep their case, an index stands for its folder. */
const idOf = (entry: string) => entry.replace(/\.md$/, "").replace(/\/index$/, "");

/** How the search ranks a page, and by which words it is found beside its own. */
const search = z.object({ weight: z.number(), words: z.string() }).default({ weight: 1, words: "" });

/** The pages lie where they were collected, outside the repository's own files. */
export const collections = {
  docs: defineCollection({
    loader: glob({
      base: pathToFileURL(`${contentFolder()}/`),
      pattern: "**/*.md",
      generateId: ({ entry }) => idOf(entry),
    }),
    schema: docsSchema({ extend: z.object({ search }) }),
  }),
};
