/**
 * Runs one after the other, in the order of the calls; a failure stops none of those behind it.
 *
 * Invariant: `last` settles when every run that was asked for has ended, so no two runs overlap.
 */
export function oneAfterTheOther(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const result = last.then(run, run);
    last = result;
    return result;
  };
}
