// What this package uses of kafkajs 2.2.4 beyond its types: `canary.test.ts` looks after each part.
import type { Socket } from "node:net";
import kafkajs, { type Kafka } from "kafkajs";

/** A request whose answer is awaited. */
interface Entry {
  readonly apiKey: number;
  readonly apiName: string;
  readonly apiVersion: number;
  readonly correlationId: number;
  resolve(answer: { readonly payload: Buffer }): void;
  reject(error: unknown): void;
}

/** kafkajs' requests of a connection that wait for their answers. */
export interface RequestQueue {
  readonly pending: readonly unknown[];
  push(request: { readonly entry: Entry; readonly expectResponse: true; readonly sendRequest: () => void }): void;
  scheduleCheckPendingRequests(): void;
}

/** One connection of kafkajs, which is not opened yet when it is made. */
export interface PrivateConnection {
  readonly clientId: string;
  readonly socket: Socket | undefined;
  readonly requestQueue: RequestQueue;
  connect(): Promise<unknown>;
  isConnected(): boolean;
  isAuthenticated(): boolean;
  authenticate(): Promise<void>;
  setVersions(versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>): void;
  setSupportAuthenticationProtocol(isSupported: boolean): void;
  nextCorrelationId(): number;
}

interface PrivateCluster {
  readonly connectionPoolBuilder: {
    build(address: {
      readonly host: string;
      readonly port: number;
    }): Promise<{ readonly pool: readonly PrivateConnection[] }>;
  };
}

/**
 * A connection that is not opened yet. kafkajs hands its cluster to the assigner of a consumer (its documented
 * `PartitionAssigner`), so one is made for that, and never run; the cluster makes connections.
 */
export async function makeConnection(kafka: Kafka, address: { readonly host: string; readonly port: number }) {
  let found: PrivateCluster | undefined;
  kafka.consumer({
    groupId: "keyline",
    partitionAssigners: [
      ({ cluster }) => {
        found = cluster as unknown as PrivateCluster;
        return { name: "none", version: 0, assign: async () => [], protocol: () => ({ name: "none", metadata: none }) };
      },
    ],
  });
  const [connection] = (await found?.connectionPoolBuilder.build(address))?.pool ?? [];
  if (!connection) throw new Error("kafkajs made no connection");
  return connection;
}

const none = Buffer.alloc(0);

/** kafkajs is CommonJS, and Node does not find its names: they are taken from the whole. */
export const { Kafka: KafkaLibrary, logLevel } = kafkajs;
