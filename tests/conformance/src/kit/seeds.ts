/**
 * So many seeds: always the same, so that what fails does so for everyone. With `KEYLINE_SEED` others, of which each is in
 * the name of its test; `npm run test:all` draws one. What takes long on a cluster or a database runs a quarter of them there, and
 * all with `KEYLINE_RUNS`, as `npm run test:all` does.
 */
export const seeds = (count: number, ...on: readonly { readonly isSlow?: boolean }[]): readonly number[] => {
  const first = Number(process.env.KEYLINE_SEED ?? 1);
  const isPart = process.env.KEYLINE_RUNS === undefined && on.some(({ isSlow = false }) => isSlow);
  return Array.from({ length: isPart ? Math.ceil(count / 4) : count }, (_, index) => first + index);
};
