import { consume } from "./consumer.ts";
import { produce } from "./producer.ts";
import { openTransport } from "./transport.ts";

const transport = openTransport();
const consumer = consume(transport);
await consumer.start();
await produce(transport);
await consumer.caughtUp();
await consumer.close();
await transport.close();
