/**
 * So many seeds: always the same, so that what fails does so for everyone. With `KEYLINE_SEED` others, of which each is in
 * the name of its test; `npm run test:all` draws one.
 */
export const seeds = (count: number): readonly number[] => {
  const first = Number(process.env.KEYLINE_SEED ?? 1);
  return Array.from({ length: count }, (_, index) => first + index);
};
