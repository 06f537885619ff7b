import { defineCollection } from "astro:content";
import { pathToFileURL } from "node:url";
import { docsSchema } from "@astrojs/starlight/schema";
import { glob } from "astro/loaders";
import { contentFolder } from "./site/content-folder.js";

/** A page's id is its address: names keep their case, an index stands for its folder. */
const idOf = (entry: string) => entry.replace(/\.md$/, "").replace(/\/index$/, "");

/** The pages lie where they were collected, outside the repository's own files. */
export const collections = {
  docs: defineCollection({
    loader: glob({
      base: pathToFileURL(`${contentFolder()}/`),
      pattern: "**/*.md",
      generateId: ({ entry }) => idOf(entry),
    }),
    schema: docsSchema(),
  }),
};
