/** The name that is most similar to `text`, with at most `limit` differences; null if there is none. */
export function nearest(text: string, names: readonly string[], limit = Math.max(2, text.length * 0.4)): string | null {
  const ranked = names.map((name) => ({ name, slips: slips(text, name) })).sort((a, b) => a.slips - b.slips);
  const [best] = ranked;
  return best && best.slips <= limit ? best.name : null;
}

/** How many letters must be put in, left out, changed or exchanged with their neighbour to make one text of the other. */
function slips(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const changed = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      const exchanged = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j] ? (before[j - 1] ?? 0) + 1 : changed;
      next.push(Math.min(changed, exchanged, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}
