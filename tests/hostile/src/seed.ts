/** The same in each run, so that a failure is the change's; with `KEYLINE_SEED` another one. */
export const seedOfTests = (): number => Number(process.env.KEYLINE_SEED ?? 1);
