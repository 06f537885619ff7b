import { write } from "./auditing.js";
import { contractFile, type Ran, runKeyline } from "./command.js";
import { median, type Side } from "./measure.js";
import { onOwnCluster, someKey } from "./setting.js";

/** The part of `keyline trace --json` that says what was read. */
interface Traced {
  readonly read: { readonly partitions: number; readonly records: number; readonly ms: number };
}

/** (f): one key's history from its lane, against the same from all partitions. The rates are traces a second. */
export const tracing = (records: number, rounds: number): Promise<readonly Side[]> =>
  onOwnCluster(async (setting) => {
    await write(setting, records, 3);
    const lane: Ran<Traced>[] = [];
    const whole: Ran<Traced>[] = [];
    for (let round = 0; round < rounds; round += 1) {
      lane.push(await runKeyline<Traced>(setting, "trace", someKey, "--contract", contractFile));
      whole.push(await runKeyline<Traced>(setting, "trace", someKey, "--contract", contractFile, "--everywhere"));
    }
    return [sideOf("keyline trace of one key", lane), sideOf("keyline trace --everywhere, all partitions", whole)];
  });

function sideOf(name: string, runs: readonly Ran<Traced>[]): Side {
  const records = median(runs.map(({ printed }) => printed.read.records));
  return {
    name: `${name}, ${records} records read`,
    perSecond: runs.map(({ printed }) => 1000 / printed.read.ms),
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
  };
}
