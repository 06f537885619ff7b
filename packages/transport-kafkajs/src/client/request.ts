import type { Socket } from "node:net";
import { KeylineError } from "@keyline/runtime";
import { ByteReader } from "../wire/byte-reader.js";

/** The part of kafkajs 2.2.4's connection to a broker through which requests of our own go. */
interface Connection {
  readonly clientId: string;
  readonly socket: Socket;
  readonly requestQueue: {
    push(request: { readonly entry: Entry; readonly expectResponse: true; readonly sendRequest: () => void }): void;
    maybeThrottle(ms: number): void;
  };
  isAuthenticated(): boolean;
  authenticate(): Promise<void>;
  failIfNotConnected(): void;
  nextCorrelationId(): number;
}

/** A request whose answer is awaited. */
interface Entry {
  readonly apiKey: number;
  readonly apiName: string;
  readonly apiVersion: number;
  readonly correlationId: number;
  resolve(answer: { readonly payload: Buffer }): void;
  reject(error: unknown): void;
}

export interface RequestBroker {
  /** What the broker speaks, by the number of the request; null before it is connected. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>> | null;
  readonly connectionPool: {
    readonly host: string;
    readonly port: number;
    getConnectionByRequest(request: unknown): Promise<Connection>;
  };
  disconnect(): Promise<void>;
}

/** A request's number, and the version of it that is spoken. */
export interface RequestVersion {
  readonly apiKey: number;
  readonly apiVersion: number;
}

/** A request that this package writes and reads itself: kafkajs' own way copies what is sent several times. */
export interface OwnRequest<Answer> extends RequestVersion {
  readonly apiName: string;
  /** The first Kafka that speaks this version. */
  readonly since: string;
  /** Of the newer protocol, in which fields may follow everything, also the header. Default false. */
  readonly isFlexible?: boolean;
  /** What follows the header, in pieces, which are written as they are. */
  encode(): readonly Buffer[];
  decode(answer: Buffer): Promise<Answered<Answer>> | Answered<Answer>;
}

/** What a broker answered, and for how long it asks to be left alone (KIP-219). */
export interface Answered<Answer> {
  readonly answer: Answer;
  readonly throttleMs: number;
}

/**
 * Sends a request over kafkajs' connection, with its correlation, its time limits and its authentication. Throws
 * `options_invalid` for a broker that is too old, and what kafkajs throws.
 */
export async function sendRequest<Answer>(broker: RequestBroker, own: OwnRequest<Answer>): Promise<Answer> {
  checkVersion(broker, own);
  try {
    const connection = await broker.connectionPool.getConnectionByRequest({ request: own });
    if (!connection.isAuthenticated()) await connection.authenticate();
    const { answer, throttleMs } = await own.decode(await answerOf(connection, own));
    connection.requestQueue.maybeThrottle(throttleMs);
    return answer;
  } catch (caught) {
    // As kafkajs does for its own requests: the next one connects again.
    if (caught instanceof Error && caught.name === "KafkaJSConnectionClosedError") await broker.disconnect();
    throw caught;
  }
}

/** Whether a broker speaks a request in this version. */
export function speaks({ versions }: RequestBroker, { apiKey, apiVersion }: RequestVersion): boolean {
  if (versions === null) throw new Error("Broker not connected");
  return (versions[apiKey]?.maxVersion ?? -1) >= apiVersion;
}

function checkVersion(broker: RequestBroker, own: OwnRequest<unknown>): void {
  const { apiName, apiVersion, since } = own;
  if (speaks(broker, own)) return;
  throw new KeylineError(
    "options_invalid",
    `the broker does not speak ${apiName} ${apiVersion}: Kafka ${since} or later is needed`,
    // Nothing was sent.
    { retryable: true },
  );
}

function answerOf(connection: Connection, own: OwnRequest<unknown>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    connection.failIfNotConnected();
    const { apiKey, apiName, apiVersion } = own;
    const correlationId = connection.nextCorrelationId();
    const body = own.encode();
    const head = headerOf(own, correlationId, connection.clientId, body);
    const answered = (payload: Buffer) => resolve(own.isFlexible ? behindTags(payload) : payload);
    const entry = { apiKey, apiName, apiVersion, correlationId, resolve: resolveWith(answered), reject };
    connection.requestQueue.push({
      ...{ entry, expectResponse: true },
      sendRequest() {
        const { socket } = connection;
        // As one: the system gets a list of pieces.
        socket.cork();
        for (const piece of [head, ...body]) socket.write(piece);
        socket.uncork();
      },
    });
  });
}

const resolveWith =
  (resolve: (payload: Buffer) => void): Entry["resolve"] =>
  ({ payload }) =>
    resolve(payload);

/** What follows the header of an answer in the newer protocol. */
function behindTags(payload: Buffer): Buffer {
  const reader = new ByteReader(payload);
  reader.skipTags();
  return payload.subarray(reader.at);
}

function headerOf(own: OwnRequest<unknown>, correlationId: number, clientId: string, body: readonly Buffer[]): Buffer {
  const client = Buffer.from(clientId, "utf8");
  // Of the newer protocol one byte more: no fields follow.
  const head = Buffer.alloc(4 + 2 + 2 + 4 + 2 + client.length + (own.isFlexible ? 1 : 0));
  head.writeInt32BE(head.length - 4 + body.reduce((sum, { length }) => sum + length, 0), 0);
  head.writeInt16BE(own.apiKey, 4);
  head.writeInt16BE(own.apiVersion, 6);
  head.writeInt32BE(correlationId, 8);
  head.writeInt16BE(client.length, 12);
  client.copy(head, 14);
  return head;
}
