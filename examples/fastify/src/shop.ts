import { health } from "@keyline/ops";
import { createRelay } from "@keyline/outbox";
import { createProjector, isKeylineError } from "@keyline/runtime";
import Fastify from "fastify";
import { balance } from "./balance.ts";
import { createConsumer } from "./keyline/consumer.ts";
import { topics } from "./keyline/events.ts";
import type { Resources } from "./resources.ts";
import { addRoutes } from "./routes.ts";

/** The service: routes, a consumer, a projection, and the relay that publishes what routes have written. */
export function createShop(resources: Resources, logger = true) {
  const { transport, database, store } = resources;
  const app = Fastify({ logger });
  const relay = createRelay({ topics, transport, database });
  const projector = createProjector({ projection: balance, transport, store });
  const mailer = createConsumer({
    transport,
    groupId: "mailer",
    on: {
      orderPlaced: (event) => app.log.info(`order ${event.order_id} was placed: ${event.total}`),
      orderPaid: (event) => app.log.info(`order ${event.order_id} was paid: ${event.amount}`),
    },
  });

  addRoutes(app, resources);
  app.setErrorHandler((error, _request, reply) => {
    const isInvalid = isKeylineError(error) && error.code === "payload_invalid";
    return isInvalid ? reply.code(400).send({ error: error.message }) : reply.send(error);
  });
  const pages = health({ consumers: [mailer, projector], transport, outbox: relay });
  for (const path of ["/livez", "/readyz"]) app.get(path, () => pages(new Request(`http://localhost${path}`)));

  const start = async () => {
    await database.query("create table if not exists orders (id integer primary key, total integer not null)");
    await Promise.all([relay.start(), mailer.start(), projector.start()]);
  };
  // What runs is closed first, then the others in this order.
  return { app, start, mailer, projector, all: [mailer, projector, app, relay, transport, store, database] };
}
