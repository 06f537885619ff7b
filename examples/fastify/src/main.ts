import { runUntilSignal } from "@keyline/ops";
import { openResources } from "./resources.ts";
import { createShop } from "./shop.ts";

const { app, start, all } = createShop(openResources());
await runUntilSignal(async () => {
  await start();
  await app.listen({ port: Number(process.env.PORT ?? 3000) });
  return all;
});
