import type { Transport } from "@keyline/runtime";
import type { ClusterInspector } from "@keyline/runtime/transport";
import picocolors from "picocolors";

/** A connection to a cluster: its records, and what its brokers report about topics and groups. */
export interface Connection {
  /** The cluster's name in output: its brokers. */
  readonly name: string;
  readonly transport: Transport;
  readonly inspector: ClusterInspector;
}

/** The input and output of a command: those of the process, or of a test. */
export interface Io {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress and logs. */
  readonly log: (text: string) => void;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks a question at a terminal; absent without one. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Like `confirm`, with a text as the answer; an empty answer means the default. */
  readonly ask?: (question: string) => Promise<string>;
  readonly hasColor: boolean;
  /** The width of the terminal that shows results; absent if they go to a file. */
  readonly outColumns?: number;
  /** The width of the terminal that shows logs; absent if they go to a file. */
  readonly logColumns?: number;
  /** Connects to another cluster than the options and the environment name. */
  readonly connect?: () => Connection;
  /** While held, an interrupt only fires the signal, and the command ends by itself. Returns the release. */
  readonly holdExit?: () => () => void;
  /** Ends a command that would otherwise not end. */
  readonly signal: AbortSignal;
}

/** The colours of a terminal, or none. */
export const colorsOf = ({ hasColor }: Io) => picocolors.createColors(hasColor);

/** Resolves when the signal fires. */
export const fired = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
