import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commitBefore } from "../packed/commit.ts";
import type { Cluster, RawRecord, Version } from "../versions/version.ts";

/** The logs that a dumped store has read and written. */
export interface DumpedLog {
  readonly clusterId: string;
  /** By topic, partition and offset. */
  readonly records: readonly (RawRecord & { readonly offset: number })[];
}

const folder = join(import.meta.dirname, "../../fixtures", commitBefore.slice(0, 7));

/** The store's tables and rows, as SQL. */
export const dumpedSql = (): string => readFileSync(join(folder, "store.sql"), "utf8");

export const dumpedLog = (): DumpedLog => JSON.parse(readFileSync(join(folder, "log.json"), "utf8")) as DumpedLog;

/** Writes both, a row and a record a line. */
export function writeDump(sql: string, { clusterId, records }: DumpedLog): void {
  const lines = records.map((record) => `    ${JSON.stringify(record)}`).join(",\n");
  writeFileSync(join(folder, "store.sql"), sql);
  writeFileSync(
    join(folder, "log.json"),
    `{\n  "clusterId": ${JSON.stringify(clusterId)},\n  "records": [\n${lines}\n  ]\n}\n`,
  );
}

/** A cluster of a version on which the dumped logs lie, each record where it was. */
export function clusterWith(version: Version, { clusterId, records }: DumpedLog): Cluster {
  const cluster = version.createCluster({ clusterId, seed: 1 });
  for (const { offset, ...record } of records) {
    const found = cluster.produce(record);
    if (found !== offset) throw new Error(`${record.topic}/${record.partition}: ${offset} came to lie at ${found}`);
  }
  return cluster;
}
