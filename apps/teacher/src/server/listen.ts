import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";

/** A listening server. */
export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** For a whole request to arrive, its body included; looked at ten times meanwhile. */
const limitsOf = (ms: number) => ({ requestTimeout: ms, headersTimeout: ms, connectionsCheckingInterval: ms / 10 });

/** Listens; port 0 is a free one. Rejects where the address cannot be had. */
export async function listen(
  routes: Hono,
  { host, port, requestMs = 10_000 }: { readonly host: string; readonly port: number; readonly requestMs?: number },
): Promise<Listening> {
  const server = createAdaptorServer({ fetch: routes.fetch, serverOptions: limitsOf(requestMs) }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
