import type { Conversion } from "@keyline/contract";
import { printable } from "./frame.js";

const meanings = {
  application: "publish is what the application receives, subscribe what it sends",
  client: "publish is what the application sends, subscribe what it receives",
} as const;

/** How a document of AsyncAPI 2 was taken, as the first line of output. */
export const conversionText = (file: string, { version, perspective }: Conversion): string =>
  `${printable(file)} is AsyncAPI ${version}: ${meanings[perspective]} (--perspective ${perspective})\n`;
