/** A browser's program, and what its environment has beside this process's. */
export interface Program {
  readonly executablePath: string;
  readonly env?: Readonly<Record<string, string>>;
}
