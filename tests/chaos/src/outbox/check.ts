/** A row of the run's own table: an event whose transaction has committed. */
export interface Committed {
  readonly id: string;
  readonly student: number;
  /** Counts the student's commits, in their order. */
  readonly n: number;
  readonly topic: string;
}

/** A record of a topic. */
export interface Published {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
}

/** What can be said of an outbox afterwards. */
export interface OutboxFindings {
  readonly commits: number;
  /** Records beyond the first of each event. */
  readonly repeated: number;
  /** Events that were committed and are not in a log. */
  readonly lost: number;
  /** Of each student and topic, first occurrences that stand behind one of a later commit. */
  readonly outOfOrder: number;
  /** Records of events that were never committed. */
  readonly rolledBack: number;
  /** Records with another key than their event's student. */
  readonly wrongKey: number;
  readonly examples: readonly string[];
}

/** Holds the logs against what was committed. */
export function checkOutbox(commits: readonly Committed[], records: readonly Published[]): OutboxFindings {
  const known = new Map(commits.map((commit) => [commit.id, commit]));
  const inOrder = [...records].sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  const firsts = new Map<string, Published>();
  for (const record of inOrder) if (!firsts.has(record.id)) firsts.set(record.id, record);
  const lost = commits.filter(({ id }) => !firsts.has(id));
  const rolledBack = inOrder.filter(({ id }) => !known.has(id));
  const wrongKey = inOrder.filter(({ id, key }) => known.has(id) && key !== String(known.get(id)?.student));
  const late = overtaken([...firsts.values()], known);
  const said = (what: string, ids: readonly { readonly id: string }[]) =>
    ids.slice(0, 3).map(({ id }) => `${what}: ${id}`);
  return {
    commits: commits.length,
    repeated: inOrder.length - firsts.size,
    lost: lost.length,
    outOfOrder: late.length,
    rolledBack: rolledBack.length,
    wrongKey: wrongKey.length,
    examples: [
      ...said("lost", lost),
      ...said("out of order", late),
      ...said("rolled back", rolledBack),
      ...said("wrong key", wrongKey),
    ],
  };
}

/** First occurrences, in the order of the logs, that come after one of a later commit of their student on the same topic. */
function overtaken(firsts: readonly Published[], known: ReadonlyMap<string, Committed>): readonly Published[] {
  const newest = new Map<string, number>();
  return firsts.filter(({ id, topic }) => {
    const commit = known.get(id);
    if (!commit) return false;
    const name = `${topic} ${commit.student}`;
    const before = newest.get(name) ?? 0;
    newest.set(name, Math.max(before, commit.n));
    return commit.n < before;
  });
}
