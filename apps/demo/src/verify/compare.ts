/** How two lists of rows differ. */
export interface Difference {
  /** Expected and not there, with what stands in its place. */
  readonly missing: readonly string[];
  /** There and not expected. */
  readonly unexpected: readonly string[];
}

/** Compares two lists as bags of rows, each row by all its fields. */
export function compareBags(expected: readonly object[], actual: readonly object[]): Difference {
  const left = new Map<string, number>();
  for (const row of actual) left.set(textOf(row), (left.get(textOf(row)) ?? 0) + 1);
  const missing = expected.map(textOf).filter((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count <= 0;
  });
  return { missing, unexpected: [...left].flatMap(([text, count]) => Array<string>(Math.max(0, count)).fill(text)) };
}

/** Compares rows in order, separately for each group. */
export function compareInOrder<Row extends object>(
  expected: readonly Row[],
  actual: readonly Row[],
  groupOf: (row: Row) => string,
): Difference {
  const numbered = (rows: readonly Row[]) => {
    const counts = new Map<string, number>();
    return rows.map((row) => {
      const place = (counts.get(groupOf(row)) ?? 0) + 1;
      counts.set(groupOf(row), place);
      return { ...row, place };
    });
  };
  return compareBags(numbered(expected), numbered(actual));
}

function textOf(row: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));
}
