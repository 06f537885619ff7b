/** The sources of the new project, by path; each imports the generated packages of the scope. */
export const sourceFiles = (scope: string): Readonly<Record<string, string>> => ({
  "src/main.ts": `import { consume } from "./consumer.ts";
import { produce } from "./producer.ts";
import { openTransport } from "./transport.ts";

const transport = openTransport();
const consumer = consume(transport);
await consumer.start();
await produce(transport);
await consumer.caughtUp();
await consumer.close();
await transport.close();
`,
  "src/producer.ts": `import type { Transport } from "@keyline/runtime";
import { createProducer } from "${scope}/producer";

/** Places and pays three orders. Nothing is awaited in between: each order's events still lie in the order of the calls. */
export async function produce(transport: Transport): Promise<void> {
  const producer = createProducer({ transport, source: "shop" });
  const sends = [1001, 1002, 1003].flatMap((order_id) => [
    producer.orderPlaced({ order_id, total: 2500 }),
    producer.orderPaid({ order_id, amount: 2500 }),
  ]);
  for (const { topic, partition, offset, key } of await Promise.all(sends)) {
    console.log(\`sent      \${topic}/\${partition}@\${offset}  order \${key}\`);
  }
  await producer.close();
}
`,
  "src/consumer.ts": `import type { Consumer, Transport } from "@keyline/runtime";
import { createConsumer } from "${scope}/consumer";

/** Handles an order's events one after the other, each after what caused it; orders run side by side. */
export const consume = (transport: Transport): Consumer =>
  createConsumer({
    transport,
    groupId: "mailer",
    on: {
      orderPlaced: (event, { key }) => console.log(\`received  order \${key} was placed: \${event.total}\`),
      orderPaid: (event, { key }) => console.log(\`received  order \${key} was paid: \${event.amount}\`),
    },
  });
`,
  "src/balance.ts": `import { defineProjection } from "${scope}/consumer";

/** What each order still owes: a state for each key, folded from its events. */
export const balance = defineProjection({
  name: "balance",
  initial: () => ({ owed: 0 }),
  on: {
    orderPlaced: (state, event) => ({ owed: state.owed + event.total }),
    orderPaid: (state, event) => ({ owed: state.owed - event.amount }),
  },
});
`,
  "src/transport.ts": `import { kafkajsTransport, kafkaOptionsFrom } from "@keyline/kafkajs";
import type { Transport } from "@keyline/runtime";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { topics } from "${scope}/events";

/** Kafka where KAFKA_BROKERS names it; else a cluster in this process, with the contract's topics. */
export function openTransport(): Transport {
  const kafka = kafkaOptionsFrom(process.env);
  if (kafka) return kafkajsTransport(kafka);
  const cluster = createMemoryCluster();
  for (const { address, partitions } of Object.values(topics)) {
    cluster.createTopic(address, { partitions: partitions ?? 1 });
    cluster.createTopic(\`\${address}.dlq\`, { partitions: partitions ?? 1 });
  }
  return cluster.transport();
}
`,
  "test/balance.test.ts": `import assert from "node:assert/strict";
import test from "node:test";
import { testProjection } from "@keyline/runtime/testing";
import { balance } from "../src/balance.ts";

test("an order owes its total until it is paid", () => {
  const driver = testProjection(balance);
  driver.given.orderPlaced({ order_id: 1001, total: 2500 });
  driver.given.orderPaid({ order_id: 1001, amount: 1000 });
  assert.deepEqual(driver.state("1001"), { owed: 1500 });
  assert.deepEqual(driver.state("1002"), { owed: 0 });
});
`,
});
