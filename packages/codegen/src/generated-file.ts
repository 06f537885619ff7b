import type { LayoutName } from "./emit/layout.js";

/** A generated file; nothing is written yet. */
export interface GeneratedFile {
  /** Relative to the output folder, with `/`, e.g. `events/src/index.ts`. */
  readonly path: string;
  readonly content: string;
}

/** All files of an output folder. */
export interface GeneratedFiles {
  readonly layout: LayoutName;
  /** Sorted by path; empty if nothing can be generated. */
  readonly files: readonly GeneratedFile[];
}
