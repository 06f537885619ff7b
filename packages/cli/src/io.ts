import picocolors from "picocolors";

/** Where a command reads and writes: the process, or a test. */
export interface Io {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress and logs. */
  readonly log: (text: string) => void;
  readonly cwd: string;
  readonly hasColor: boolean;
  /** Ends what would go on for ever. */
  readonly signal: AbortSignal;
}

/** The colours of a terminal, or none. */
export const colorsOf = ({ hasColor }: Io) => picocolors.createColors(hasColor);
