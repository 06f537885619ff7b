import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AuditMetrics } from "./metrics.js";

/** For a request to arrive; checked every second. */
const limits = { requestTimeout: 10_000, headersTimeout: 10_000, connectionsCheckingInterval: 1000 };

/** Serves `/metrics` to this machine alone. Resolves to its address, when it listens. */
export async function serveMetrics(metrics: AuditMetrics, port: number) {
  const server = createServer(limits, (request, response) => {
    // Another name that leads here belongs to a page of a browser, which could read the answer.
    if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(request.headers.host ?? "localhost")) {
      response
        .writeHead(421, { "content-type": "text/plain", connection: "close" })
        .end("ask 127.0.0.1 or localhost\n");
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") response.setHeader("connection", "close");
    if ((request.url ?? "").split("?")[0] !== "/metrics") {
      response.writeHead(404, { "content-type": "text/plain" }).end("see /metrics\n");
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { "content-type": metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${chosen}/metrics`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
