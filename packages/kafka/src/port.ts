import type { ConnectionOptions } from "node:tls";

// What a client library brings: connections to single brokers, with TLS and a login. Which broker is asked, and what, is
// decided on this side: batches, metadata, leaders, coordinators, groups, retries, time limits.

/** Where a broker listens. */
export interface Address {
  /** A name, or an IPv4 or IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** How to log in. Passwords and tokens are in no log and no error. */
export type KafkaSasl =
  | {
      readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: "oauthbearer";
      /** Asked for a token at each connection, and before one ends. */
      readonly token: () => Promise<string>;
    };

/** What is the same for all connections of a transport. */
export interface ConnectionSettings {
  /** Names this process in the brokers' logs and quotas. */
  readonly clientId: string;
  /** What node:tls takes; null without TLS. */
  readonly tls: ConnectionOptions | null;
  readonly sasl: KafkaSasl | null;
  /** After so many milliseconds a connection counts as refused. */
  readonly connectTimeoutMs: number;
}

/** A request as it goes over a connection, which adds the header and its own correlation id. */
export interface WireRequest {
  readonly apiName: string;
  readonly apiKey: number;
  readonly apiVersion: number;
  /** Whether the header ends with tagged fields (none): so in the newer protocol. */
  readonly isFlexible: boolean;
  /** What follows the header, in pieces, which are written as they are. */
  readonly body: readonly Buffer[];
}

/**
 * One connection to one broker.
 *
 * Invariant: requests are written in the order of the calls, and each settles once: with its answer, or with an error as soon
 * as the connection ends, by `close` too. Nothing is sent twice, and the connection never comes back once `isOpen` is false.
 */
export interface KafkaConnection {
  /** Whether requests may still be sent. */
  readonly isOpen: boolean;
  /**
   * Resolves to what follows the correlation id in the answer. Has no time limit of its own below that of the caller, who
   * closes a connection that does not answer in time. Logs in again first where the login is about to end.
   */
  send(request: WireRequest): Promise<Buffer>;
  /** Ends it at once, whatever is under way. */
  close(): void;
}

/** A client library, as far as it is needed. */
export interface KafkaClient {
  /** Names the transport, e.g. `kafkajs`. */
  readonly name: string;
  /**
   * Opens a connection to a broker, and logs in. Rejects with {@link LoginRefused} where the broker refuses that, with anything
   * else where no connection comes about; leaves none open then, nor once the signal is aborted.
   */
  connect(address: Address, settings: ConnectionSettings, signal: AbortSignal): Promise<KafkaConnection>;
}

/** A broker does not take the credentials. The cause is never shown: it can repeat what was sent. */
export class LoginRefused extends Error {
  override readonly name = "LoginRefused";

  constructor(cause: unknown) {
    super("the broker refused the credentials", { cause });
  }
}
