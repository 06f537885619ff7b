// A consumer in a process of its own: reads so many events of a topic, then prints how much memory it took.
import { setTimeout as sleep } from "node:timers/promises";
import { createTransport } from "@keyline/kafka";
import { createConsumer, type TopicDescriptor } from "@keyline/runtime";
import { s } from "@keyline/runtime/codegen";
import type { MessageDescriptor } from "@keyline/runtime/tools";
import { kafkajsClient } from "../../../src/index.js";

interface Note {
  n: number;
  note: string;
}

const noted: MessageDescriptor<Note, Note> = {
  ...{
    kind: "message",
    format: 1,
    name: "noted",
    declared: true,
    schema: s.object({ n: s.integer(), note: s.string() }),
  },
  ...{ key: null, fill: [], id: null, type: null, time: null, correlation: null },
};

const topicOf = (address: string) =>
  ({
    ...{ kind: "topic", format: 1, name: "noted", address, parameters: [], partitions: 3, wire: "plain", domain: null },
    messages: { noted },
  }) as const satisfies TopicDescriptor;

export async function main([broker = "", address = "", count = "0"]: readonly string[]) {
  const transport = createTransport(kafkajsClient, { brokers: [broker] });
  let handled = 0;
  const all = Promise.withResolvers<void>();
  const handle = async () => {
    // Time for everything to be fetched that may be.
    if (handled === 0) await sleep(8000);
    handled += 1;
    if (handled === Number(count)) all.resolve();
  };
  const consumer = createConsumer(
    { noted: topicOf(address) },
    { transport, groupId: `g-${address}`, concurrency: 3, on: { noted: handle } },
  );
  const ended = consumer.run();
  await Promise.race([ended, all.promise]);
  await consumer.close();
  await transport.close();
  console.log(JSON.stringify({ handled, peakBytes: process.resourceUsage().maxRSS * 1024 }));
  return 0;
}
