/** What a process that writes to the outbox is told. */
export interface WriterTask {
  readonly writer: number;
  readonly url: string;
  /** How many of its transactions are to commit. */
  readonly commits: number;
  readonly students: number;
  readonly seed: number;
}

/** What a process that publishes is told. */
export interface RelayTask {
  readonly url: string;
  readonly brokers: readonly string[];
  readonly leaseMs: number;
}

/** The tables by which a run knows what was committed, and in which order of each student. */
export const tables = [
  "create table chaos_students (student integer primary key, n integer not null)",
  "create table chaos_commits (id uuid primary key, writer integer not null, student integer not null, n integer not null, topic text not null)",
  "create index chaos_commits_writer on chaos_commits (writer)",
] as const;
