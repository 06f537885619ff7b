import type { Transport } from "@keyline/runtime";
import { createProducer } from "../packages/producer";

/** Places and pays three orders. Nothing is awaited in between: each order's events still lie in the order of the calls. */
export async function produce(transport: Transport): Promise<void> {
  const producer = createProducer({ transport, source: "shop" });
  const sends = [1001, 1002, 1003].flatMap((order_id) => [
    producer.orderPlaced({ order_id, total: 2500 }),
    producer.orderPaid({ order_id, amount: 2500 }),
  ]);
  for (const { topic, partition, offset, key } of await Promise.all(sends)) {
    console.log(`sent      ${topic}/${partition}@${offset}  order ${key}`);
  }
  await producer.close();
}
