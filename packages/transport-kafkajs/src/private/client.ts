import { connect as connectPlain, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import {
  type ConnectionSettings,
  type KafkaClient,
  type KafkaConnection,
  LoginRefused,
  type WireRequest,
} from "@keyline/kafka";
import type { ISocketFactory, KafkaConfig, SASLOptions } from "kafkajs";
import { KafkaLibrary, logLevel, makeConnection, type PrivateConnection } from "./connection.js";

/** Connections of kafkajs 2.2.4: its sockets, its logins, and its matching of answers to requests. */
export const kafkajsClient: KafkaClient = {
  name: "kafkajs",
  async connect(address, settings, signal) {
    const connection = await makeConnection(new KafkaLibrary(configOf(settings)), address);
    // With an error, of which kafkajs hears: else it takes the connection for open.
    const end = () => connection.socket?.destroy(new Error("the connection was closed on this side"));
    signal.addEventListener("abort", end, { once: true });
    try {
      signal.throwIfAborted();
      await connection.connect();
      quiet(connection);
      await login(connection, settings.connectTimeoutMs, end);
      signal.throwIfAborted();
      return opened(connection, end);
    } catch (caught) {
      // kafkajs gives up, and leaves the socket to the system, which goes on for minutes.
      end();
      throw isRefused(caught) ? new LoginRefused(caught) : caught;
    } finally {
      signal.removeEventListener("abort", end);
    }
  },
};

const keepAliveDelayMs = 60_000;

/** As kafkajs connects, and by an IP address without a name to ask for. */
const connectSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const named = isIP(host) ? {} : { servername: host };
  const socket = ssl
    ? connectTls({ host, port, ...named, ...ssl }, onConnect)
    : connectPlain({ host, port }, onConnect);
  return socket.setKeepAlive(true, keepAliveDelayMs);
};

/**
 * How long before a login ends the next one is made, with the first request from then on. kafkajs' own ten seconds make each
 * request of a shorter login one, and brokers refuse a second one within a second. A login may end while nothing is sent.
 */
const loginAgainMs = 1000;

/** As kafkajs takes them. Which broker is connected to is not its choice, nor how long an answer may take. */
export const configOf = ({ clientId, tls, sasl, connectTimeoutMs }: ConnectionSettings): KafkaConfig => ({
  ...{ clientId, brokers: ["none:1"], socketFactory: connectSocket, connectionTimeout: connectTimeoutMs },
  ...(tls && { ssl: tls }),
  ...(sasl && { sasl: saslOf(sasl) }),
  ...{ enforceRequestTimeout: false, reauthenticationThreshold: loginAgainMs, logLevel: logLevel.NOTHING },
});

function saslOf(sasl: NonNullable<ConnectionSettings["sasl"]>): SASLOptions {
  if (sasl.mechanism !== "oauthbearer") return sasl;
  return { mechanism: "oauthbearer", oauthBearerProvider: async () => ({ value: await sasl.token() }) };
}

/**
 * kafkajs 2.2.4 sets a timer for each connection again and again, a thousand times a second, also when nothing waits; and with a
 * negative time, of which Node 24 warns (TimeoutNegativeWarning).
 */
export function quiet({ requestQueue }: Pick<PrivateConnection, "requestQueue">): void {
  const schedule = requestQueue.scheduleCheckPendingRequests;
  requestQueue.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
}

/** The requests of a login as every broker since Kafka 2.2 takes them: SaslHandshake 1, SaslAuthenticate 1. */
const ofLogin = { 17: { minVersion: 0, maxVersion: 1 }, 36: { minVersion: 0, maxVersion: 1 } };

/** kafkajs waits for the answer to a login for ever. */
async function login(connection: PrivateConnection, withinMs: number, end: () => void): Promise<void> {
  connection.setVersions(ofLogin);
  connection.setSupportAuthenticationProtocol(true);
  const late = setTimeout(end, withinMs);
  await connection.authenticate().finally(() => clearTimeout(late));
}

const isRefused = (caught: unknown) => caught instanceof Error && caught.name === "KafkaJSSASLAuthenticationError";

function opened(connection: PrivateConnection, end: () => void): KafkaConnection {
  return {
    get isOpen() {
      return connection.isConnected() && connection.socket?.destroyed === false;
    },
    async send(request) {
      // Without a login there is nothing that ends.
      if (!connection.isAuthenticated()) await connection.authenticate();
      return answerOf(connection, request);
    },
    close: end,
  };
}

function answerOf(connection: PrivateConnection, request: WireRequest): Promise<Buffer> {
  const { apiKey, apiName, apiVersion, body } = request;
  return new Promise((resolve, reject) => {
    const { socket } = connection;
    if (!socket || !connection.isConnected()) throw new Error("the connection is closed");
    const correlationId = connection.nextCorrelationId();
    const head = headerOf(request, correlationId, connection.clientId);
    const answered = ({ payload }: { readonly payload: Buffer }) => resolve(payload);
    connection.requestQueue.push({
      entry: { apiKey, apiName, apiVersion, correlationId, resolve: answered, reject },
      expectResponse: true,
      sendRequest() {
        // As one: the system gets a list of pieces.
        socket.cork();
        for (const piece of [head, ...body]) socket.write(piece);
        socket.uncork();
      },
    });
  });
}

function headerOf(
  { apiKey, apiVersion, isFlexible, body }: WireRequest,
  correlationId: number,
  clientId: string,
): Buffer {
  const client = Buffer.from(clientId, "utf8");
  // Of the newer protocol one byte more: no fields follow.
  const head = Buffer.alloc(4 + 2 + 2 + 4 + 2 + client.length + (isFlexible ? 1 : 0));
  head.writeInt32BE(head.length - 4 + body.reduce((sum, { length }) => sum + length, 0), 0);
  head.writeInt16BE(apiKey, 4);
  head.writeInt16BE(apiVersion, 6);
  head.writeInt32BE(correlationId, 8);
  head.writeInt16BE(client.length, 12);
  client.copy(head, 14);
  return head;
}
