import type { MessageNames, TopicNames } from "../names/plan.js";

/** Where the pages lie, from the folder of the docs. */
export const paths = {
  index: "README.md",
  map: "map.md",
  drawing: "map.svg",
  topic: ({ file }: TopicNames) => `topics/${file}.md`,
  message: ({ file }: MessageNames) => `messages/${file}.md`,
  schema: ({ file }: MessageNames) => `schemas/${file}.schema.json`,
} as const;

/** The way from one page to another file, relative, as Markdown readers and browsers follow it. */
export const from = (page: string, to: string): string => `${"../".repeat(page.split("/").length - 1)}${to}`;
