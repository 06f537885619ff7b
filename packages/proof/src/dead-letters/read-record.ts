import { isKeylineError, type RecordPosition, type Transport } from "@keyline/runtime";
import type { ConsumerRecord } from "@keyline/runtime/transport";

/** The record at a position; null if the log does not have it (any more, or yet). */
export async function readRecord(transport: Transport, at: RecordPosition): Promise<ConsumerRecord | null> {
  const { topic, partition, offset } = at;
  const count = (await transport.partitionCounts([topic])).get(topic) ?? 0;
  if (partition >= count) return null;
  const [range] = await transport.logRanges([{ topic, partition }]);
  if (!range || offset < range.start || offset >= range.end) return null;
  try {
    for await (const { records } of transport.read({ topic, partition }, { from: offset, to: offset + 1 })) {
      const found = records.find((record) => record.offset === offset);
      if (found) return found;
    }
    return null;
  } catch (caught) {
    if (isKeylineError(caught) && caught.code === "offset_out_of_range") return null;
    throw caught;
  }
}
