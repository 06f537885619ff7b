import { runUntilSignal } from "@keyline/ops";
import { createShop } from "./shop.js";
import { openTransport } from "./transport.js";

const transport = openTransport();
const { app, mailer, producer } = createShop(transport);
const server = app.listen(Number(process.env.PORT ?? 3000), () => console.log(`listening on ${server.address().port}`));
const requests = { close: () => new Promise((resolve) => server.close(resolve)) };
await runUntilSignal([mailer, requests, producer, transport]);
