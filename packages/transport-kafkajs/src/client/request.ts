import { createRequire } from "node:module";
import { KeylineError } from "@keyline/runtime";

/** The part of kafkajs 2.2.4's connection to a broker through which requests of our own go. */
export interface RequestBroker {
  /** What the broker speaks, by the number of the request; null before it is connected. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>> | null;
  readonly connectionPool: { send(request: unknown): Promise<unknown> };
  disconnect(): Promise<void>;
}

/** A request that this package writes and reads itself, since kafkajs' own way takes too long. */
export interface OwnRequest<Answer> {
  readonly name: string;
  readonly apiKey: number;
  readonly version: number;
  /** The first Kafka that speaks this version. */
  readonly since: string;
  /** Waits so long for an answer; default what the client is configured with. */
  readonly timeoutMs?: number;
  encode(): Promise<Buffer> | Buffer;
  decode(answer: Buffer): Promise<Answer> | Answer;
}

/**
 * Sends a request over kafkajs' connection, with its correlation, its time limits and its authentication. Throws
 * `options_invalid` for a broker that is too old, and what kafkajs throws.
 */
export async function sendRequest<Answer>(broker: RequestBroker, own: OwnRequest<Answer>): Promise<Answer> {
  const spoken = broker.versions?.[own.apiKey]?.maxVersion;
  if (broker.versions === null) throw new Error("Broker not connected");
  if (spoken === undefined || spoken < own.version) {
    throw new KeylineError(
      "options_invalid",
      `the broker does not speak ${own.name} ${own.version}: Kafka ${own.since} or later is needed`,
      // Surely nothing was sent.
      { retryable: true },
    );
  }
  try {
    const answer = await broker.connectionPool.send({
      request: {
        ...{ apiKey: own.apiKey, apiVersion: own.version, apiName: own.name },
        expectResponse: () => true,
        encode: async () => encoderOf(await own.encode()),
      },
      response: {
        decode: async (raw: Buffer) => ({ answer: await own.decode(raw) }),
        parse: (decoded: unknown) => decoded,
      },
      ...(own.timeoutMs === undefined ? {} : { requestTimeout: own.timeoutMs }),
    });
    return (answer as { readonly answer: Answer }).answer;
  } catch (caught) {
    // As kafkajs does for its own requests: the next one connects anew.
    if (caught instanceof Error && caught.name === "KafkaJSConnectionClosedError") await broker.disconnect();
    throw caught;
  }
}

/** What kafkajs takes for one of its encoders. */
const encoderOf = (buffer: Buffer) => ({ buf: buffer, buffer });

const { createErrorFromCode } = createRequire(import.meta.url)("kafkajs/src/protocol/error.js") as {
  createErrorFromCode(code: number): Error;
};

/** The error of a partition in an answer, as kafkajs throws it; null where there is none. */
export const brokerError = (code: number): Error | null => (code === 0 ? null : createErrorFromCode(code));
