import { deref, follow } from "../refs/resolve.js";
import { entries, entry, items, type SourceNode, text } from "../source/tree.js";
import type { Reading } from "./document.js";

const protocols: ReadonlySet<string> = new Set(["kafka", "kafka-secure"]);

const isKafkaServer = (reading: Reading, server: SourceNode) => {
  const protocol = text(follow(reading.files, server, "protocol"));
  return protocol !== null && protocols.has(protocol.toLowerCase());
};

/**
 * Whether a channel has a Kafka topic behind it: it has a Kafka binding, or one of its servers speaks Kafka (a channel
 * that names no servers is on all of them). Where a document has no servers, a channel counts unless its bindings are
 * for other protocols only.
 */
export const isKafkaChannel = (reading: Reading, channel: SourceNode): boolean => {
  const bindings = follow(reading.files, channel, "bindings");
  if (entry(bindings, "kafka")) return true;
  const own = items(deref(reading.files, entry(channel, "servers")));
  const all = entries(follow(reading.files, reading.root, "servers")).map(([, server]) => server);
  const servers = own.length > 0 ? own : all;
  if (servers.length > 0) return servers.some((server) => isKafkaServer(reading, server));
  return entries(bindings).filter(([key]) => !key.startsWith("x-")).length === 0;
};
