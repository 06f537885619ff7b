/** A way to break the runtime on purpose. */
export interface Mutant {
  /** The promise that it breaks, whose suite has to notice. */
  readonly promise: `P${number}`;
  /** What no longer works, in a few words. */
  readonly breaks: string;
  /** Where it was last seen, within the runtime's `src`; code that moved is found all the same. */
  readonly file: string;
  /** Text that is there exactly once. */
  readonly from: string;
  readonly to: string;
}
