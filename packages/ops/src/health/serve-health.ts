import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import { type LoggerLike, writerOf } from "../logs/loggers.js";
import { isAskedBy } from "./asked-by.js";
import type { HealthHandler } from "./health.js";

/** Where {@link serveHealth} listens; all are optional. */
export interface ServeHealthOptions {
  /**
   * Default `127.0.0.1`, reachable from this machine only: probes of Kubernetes and Prometheus come from other machines
   * and need `0.0.0.0`.
   */
  readonly host?: string;
  /** Default 9464. 0 for a free one, which `url` names. */
  readonly port?: number;
  /**
   * Host names that requests may use, besides addresses, `localhost` and `host`. Default none: another name gets 421,
   * since it may belong to a web page in a browser that tries to read the answers.
   */
  readonly names?: readonly string[];
  /** A logger such as pino, winston or `console`: gets a line with the address. Default none. */
  readonly logger?: LoggerLike;
}

const optionNames: NamesOf<ServeHealthOptions> = { host: true, port: true, names: true, logger: true };

/** A listening server. */
export interface HealthServer extends AsyncDisposable {
  readonly url: string;
  close(): Promise<void>;
}

/** For a request to arrive; checked every second. */
const limits = { requestTimeout: 10_000, headersTimeout: 10_000, connectionsCheckingInterval: 1000 };

/**
 * Serves the pages of `health` on a port of their own. Rejects if it cannot listen there, and for an unknown option.
 */
export async function serveHealth(handler: HealthHandler, options: ServeHealthOptions = {}): Promise<HealthServer> {
  checkNames("cannot serve health", options, optionNames);
  const { host = "127.0.0.1", port = 9464, names = [], logger } = options;
  const server = createServer(limits, (request, response) => {
    // A body is not waited for.
    if (request.method !== "GET" && request.method !== "HEAD") response.setHeader("connection", "close");
    if (isAskedBy(request.headers.host, [...names, host])) answer(handler, request, response);
    else
      response.writeHead(421, { "content-type": "text/plain" }).end("not asked by one of the names of serveHealth\n");
  });
  await listen(server, port, host);
  const { port: chosen } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const name = host.includes(":") ? `[${host}]` : host;
  const url = `http://${name}:${chosen}`;
  if (logger) writerOf(logger)("info", `health and metrics at ${url}`, {});
  return { url, close, [Symbol.asyncDispose]: close };
}

function answer(handler: HealthHandler, { method = "GET", url = "/" }: IncomingMessage, response: ServerResponse) {
  // The name by which it was asked plays no part: a path is all that the handler looks at.
  const written = Promise.resolve()
    .then(() => handler(new Request(new URL(url, "http://localhost"), { method })))
    .then(async (page) => {
      const body = await page.text();
      response.writeHead(page.status, Object.fromEntries(page.headers)).end(method === "HEAD" ? "" : body);
    });
  written.catch(() => response.writeHead(500).end());
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}
