/** A file that generation yields; nothing is written yet. */
export interface GeneratedFile {
  /** Relative to the output folder, with `/`, e.g. `events/src/index.ts`. */
  readonly path: string;
  readonly content: string;
}
