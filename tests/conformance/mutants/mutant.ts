/** A text of a source file in the place of another one: how code is broken on purpose. */
export interface Change {
  /** Where it was last seen, from the repository's root; code that moved within its package is found all the same. */
  readonly file: string;
  /** Text that is there exactly once. */
  readonly from: string;
  readonly to: string;
}

/** A way to break what keeps a promise, on purpose. */
export interface Mutant extends Change {
  /** The promise that it breaks, whose suite has to notice. */
  readonly promise: `P${number}`;
  /** What no longer works, in a few words. */
  readonly breaks: string;
  /** Where it was last seen, within the `src` of its package. */
  readonly file: string;
  /** The package's folder; default the runtime's. */
  readonly package?: string;
}

/** A fault that was there once, the test that sees it, and what puts it back. */
export interface Fault {
  /** What went wrong, in a few words. */
  readonly fault: string;
  readonly test: SeeingTest;
  /** What puts it back, several where two things kept it away; or what the mutant of a promise breaks that does, in its words. */
  readonly broughtBack: Change | readonly Change[] | string;
}

/** A test. */
export interface SeeingTest {
  /** From the repository's root; of a test of the promises the file that starts what it runs on. */
  readonly file: string;
  /** Of its full title a part that no other has. */
  readonly title: string;
}
