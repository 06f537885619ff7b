import { join } from "node:path";

/** Where the programs of foreign clients lie: seen from the sources and from a bundle of them alike. */
export const foreignFolder = join(import.meta.dirname, "../src/foreign");
