import { health, runUntilSignal, serveHealth } from "@keyline/ops";
import { consume } from "./consumer.ts";
import { produce } from "./producer.ts";
import { openTransport } from "./transport.ts";

const transport = openTransport();
const consumer = consume(transport);
const server = await serveHealth(health({ consumers: [consumer], transport }), { port: Number(process.env.PORT ?? 0) });
console.error(`health    ${server.url}/readyz and /livez`);
// It ends when all is received: a service leaves the orders out, and runs until it is stopped.
const orders = {
  run: () =>
    produce(transport)
      .then(() => consumer.caughtUp())
      .then(() => consumer.close()),
};
await runUntilSignal([consumer, orders, server, transport]);
