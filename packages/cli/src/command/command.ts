import type { Project } from "../config.js";
import type { Io } from "../io.js";
import type { Needed, Needs } from "./needs.js";
import type { Exit, Outcome } from "./outcome.js";
import type { InputOf, Parameters } from "./parameters.js";

/** What every command runs with, and what it needs. */
export type Context<N extends Needs = Needs> = Needed<N> & {
  readonly io: Io;
  readonly project: Project;
  /** Whether the outcome is printed as JSON. */
  readonly isJson: boolean;
  /** Prints text while the command runs; nothing where the outcome is printed as JSON. */
  readonly say: (text: string) => void;
  /**
   * From now on a signal only fires `io.signal`, and the command ends by itself, with an outcome. Until then the signal ends
   * the process at once, whatever it computes: a command calls this when all that is left is to wait for others.
   */
  readonly endsItself: () => void;
};

/** Commands that are called by a word of their own and one in common. */
export interface Group {
  readonly name: string;
  readonly summary: string;
}

/** A command of the command line: all that its grammar, its help and its run need. */
export interface CommandDeclaration<P extends Parameters, N extends Needs> {
  readonly name: string;
  /** The group that it is called by: `topics` of `keyline topics plan`. */
  readonly group?: Group;
  readonly summary: string;
  readonly parameters: P;
  readonly needs?: N;
  /** What `--json` prints; without it there is no such option. */
  readonly json?: string;
  /** Whether `--json` prints an object also where the command ends early: then `error` says why, else it is null. */
  readonly hasErrorJson?: true;
  /** Whether JSON is asked for in another way than by `--json`. */
  isJson?(input: InputOf<P>): boolean;
  /** What help says after the parameters; lines are wrapped. */
  readonly details?: string;
  readonly examples?: readonly string[];
  /** What the exit codes mean here, where it is not what they always mean. */
  readonly exits?: Partial<Readonly<Record<Exit, string>>>;
  run(input: InputOf<P>, context: Context<N>): Promise<Outcome>;
}

/** Any command. */
export type Command = CommandDeclaration<Parameters, Needs>;

/** Declares a command; what it runs with is typed by its parameters and needs. */
export const command = <P extends Parameters, N extends Needs = Record<never, never>>(
  declaration: CommandDeclaration<P, N>,
): Command => declaration as unknown as Command;
