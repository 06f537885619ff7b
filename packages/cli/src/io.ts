import picocolors from "picocolors";

/** Where a command reads and writes: the process, or a test. */
export interface Io {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress and logs. */
  readonly log: (text: string) => void;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks somebody at a terminal; absent where nobody is. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** As `confirm`, for an answer in words; empty where the default will do. */
  readonly ask?: (question: string) => Promise<string>;
  readonly hasColor: boolean;
  /** Whether stderr is a terminal, where progress can be drawn over. */
  readonly hasTerminal?: boolean;
  /** Ends what would go on for ever. */
  readonly signal: AbortSignal;
}

/** The colours of a terminal, or none. */
export const colorsOf = ({ hasColor }: Io) => picocolors.createColors(hasColor);
