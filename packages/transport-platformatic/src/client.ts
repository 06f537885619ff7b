import { isIP } from "node:net";
import {
  type ConnectionSettings,
  type KafkaClient,
  type KafkaConnection,
  LoginRefused,
  type WireRequest,
} from "@keyline/kafka";
import type { Connection, SASLOptions, Writer } from "@platformatic/kafka";

/** @platformatic/kafka, which is loaded with the first connection. */
const load = () => import("@platformatic/kafka");
type Library = Awaited<ReturnType<typeof load>>;

/**
 * Connections of @platformatic/kafka: its sockets, its logins, and its matching of answers to requests, all by its
 * public API.
 */
export const platformaticClient: KafkaClient = {
  name: "platformatic",
  async connect({ host, port }, settings, signal) {
    const library = await load();
    const connection = new library.Connection(settings.clientId, optionsOf(settings, host));
    // An error without a listener would end the process.
    connection.on("error", () => undefined);
    const end = () => endNow(connection);
    signal.addEventListener("abort", end, { once: true });
    try {
      signal.throwIfAborted();
      await connection.connect(host, port);
      signal.throwIfAborted();
      connection.socket.setKeepAlive(true, keepAliveDelayMs);
      return opened(library, connection, end);
    } catch (caught) {
      end();
      throw isRefused(caught) ? new LoginRefused(caught) : caught;
    } finally {
      signal.removeEventListener("abort", end);
    }
  },
};

const keepAliveDelayMs = 60_000;
/** Kafka's side closes a connection on which more wait; this one's caller has its own limit, and its own time. */
const maxInflights = 1000;
/** The caller ends what brings no answer in time: this is later than all of its limits. */
const requestTimeout = 2 ** 31 - 1;

const optionsOf = ({ tls, sasl, connectTimeoutMs }: ConnectionSettings, host: string) => ({
  ...{ connectTimeout: connectTimeoutMs, requestTimeout, maxInflights },
  ...(tls && { tls: isIP(host) ? tls : { servername: host, ...tls } }),
  ...(sasl && { sasl: saslOf(sasl) }),
});

function saslOf(sasl: NonNullable<ConnectionSettings["sasl"]>): SASLOptions {
  if (sasl.mechanism === "oauthbearer") return { mechanism: "OAUTHBEARER", token: sasl.token };
  const { mechanism, username, password } = sasl;
  const mechanisms = { plain: "PLAIN", "scram-sha-256": "SCRAM-SHA-256", "scram-sha-512": "SCRAM-SHA-512" } as const;
  return { mechanism: mechanisms[mechanism], username, password };
}

/** Also one that is on its way; `close` would wait for what is still to be written. */
function endNow(connection: Connection): void {
  connection.close().catch(() => undefined);
  connection.socket?.destroy();
}

/** The library wraps why a login failed in an error of the connection. */
function isRefused(caught: unknown): boolean {
  if (!(caught instanceof Error)) return false;
  return ("code" in caught && caught.code === "PLT_KFK_AUTHENTICATION") || isRefused(caught.cause);
}

/** Invariant: `ended` is what broke the connection; null while nothing has, or where it just ended. */
function opened({ Writer: Pieces }: Library, connection: Connection, end: () => void): KafkaConnection {
  let ended: Error | null = null;
  // What is under way hears that the connection ended, and not of what.
  connection.on("error", (error) => {
    ended ??= error;
  });
  return {
    get isOpen() {
      return connection.isConnected() || connection.status === "reauthenticating";
    },
    async send({ apiKey, apiVersion, isFlexible, body }: WireRequest) {
      // Between the two requests of a login a broker takes no other; the library would send it.
      while (connection.status === "reauthenticating") await connection.ready();
      return new Promise<Buffer>((resolve, reject) => {
        const write = (): Writer => body.reduce((writer, piece) => writer.append(piece), Pieces.create());
        // Of an answer's header no more than the correlation id is read: what follows is for the caller.
        connection.send(
          apiKey,
          apiVersion,
          write,
          (_id, _key, _version, reader) => reader.buffer.slice(reader.position),
          isFlexible,
          false,
          (error, answer) => (error ? reject(ended ?? error) : resolve(answer as Buffer)),
        );
      });
    },
    close: end,
  };
}
