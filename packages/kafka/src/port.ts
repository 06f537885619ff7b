import type { ConnectionOptions } from "node:tls";

// What a client library brings: connections to single brokers, with TLS and a login. Which broker is asked, and what, is
// decided on this side: batches, metadata, leaders, coordinators, groups, retries, time limits.

/** The address of a broker. */
export interface Address {
  /** A name, or an IPv4 or IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** How to log in. Passwords and tokens are never in a log or an error. */
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

/** The settings of all connections of a transport. */
export interface ConnectionSettings {
  /** Names this process in the brokers' logs and quotas. */
  readonly clientId: string;
  /** Options of node:tls; null without TLS. */
  readonly tls: ConnectionOptions | null;
  readonly sasl: KafkaSasl | null;
  /** After this time (milliseconds) an attempt to connect has failed. */
  readonly connectTimeoutMs: number;
}

/** A request as it is sent on a connection, which adds the header and its own correlation id. */
export interface WireRequest {
  readonly apiName: string;
  readonly apiKey: number;
  readonly apiVersion: number;
  /** Whether the header ends with tagged fields (none), as in the newer protocol. */
  readonly isFlexible: boolean;
  /** The content after the header, in pieces, which are written unchanged. */
  readonly body: readonly Buffer[];
}

/**
 * One connection to one broker.
 *
 * Requests are written in the order of the calls, and each settles once: with its answer, or with an error as soon
 * as the connection ends, by `close` too. Nothing is sent twice, and the connection never comes back once `isOpen` is false.
 */
export interface KafkaConnection {
  /** Whether requests may still be sent. */
  readonly isOpen: boolean;
  /**
   * Resolves to the part of the answer after the correlation id. It has no time limit of its own below the caller's:
   * the caller closes a connection that does not answer in time. Logs in again first if the login is about to expire.
   */
  send(request: WireRequest): Promise<Buffer>;
  /** Closes it at once, whatever is in progress. */
  close(): void;
}

/** The part of a client library that a transport needs. */
export interface KafkaClient {
  /** Names the transport, e.g. `kafkajs`. */
  readonly name: string;
  /**
   * Opens a connection to a broker, and logs in. Rejects with {@link LoginRefused} if the broker refuses the login, and
   * with any other error if the connection fails; no connection is open then, nor after the signal was aborted.
   */
  connect(address: Address, settings: ConnectionSettings, signal: AbortSignal): Promise<KafkaConnection>;
}

/** A broker refused the credentials. The cause is never shown, since it may repeat what was sent. */
export class LoginRefused extends Error {
  override readonly name = "LoginRefused";

  constructor(cause: unknown) {
    super("the broker refused the credentials", { cause });
  }
}
