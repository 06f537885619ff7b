import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { KeylineError } from "@keyline/runtime";
import type { KafkaSasl } from "../port.js";
import { isBrokerAddress } from "./address.js";
import type { KafkaOptions } from "./options.js";

/** The environment variables of the connection, each with its purpose, for `--help`. */
export const kafkaVariables = {
  KAFKA_CLIENT: "the client library: kafkajs or platformatic (default kafkajs)",
  KAFKA_BROKERS: "brokers of the cluster, as host:port or [IPv6]:port, separated by commas",
  KAFKA_SSL: "true to connect by TLS (default: false, and everything on the network is readable)",
  KAFKA_SSL_CA: "a file with the certificates to trust, as PEM (default: the system's)",
  KAFKA_SSL_CERT: "a file with the certificate that this client shows, as PEM (default: none)",
  KAFKA_SSL_KEY: "a file with the key of KAFKA_SSL_CERT, as PEM, without a passphrase",
  KAFKA_SASL_MECHANISM: "plain, scram-sha-256, scram-sha-512 or oauthbearer (default: no login)",
  KAFKA_SASL_USERNAME: "the user name, for plain and scram",
  KAFKA_SASL_PASSWORD: "the password, for plain and scram",
  KAFKA_SASL_TOKEN_FILE: "a file with the token, for oauthbearer; read again for each login",
  KAFKA_SESSION_TIMEOUT_MS: "after how many milliseconds a silent member loses its lanes (default: 30000, 30 s)",
} as const;

/** Variables by name, as in `process.env`; an empty one counts as absent. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The connection options from the variables of {@link kafkaVariables}; null without `KAFKA_BROKERS`. Throws
 * `options_invalid` for invalid values; the message names the variable and its valid values, never a password.
 */
export function kafkaOptionsFrom(environment: Environment): KafkaOptions | null {
  const read: Read = (name) => environment[name]?.trim() || undefined;
  const brokers = (read("KAFKA_BROKERS") ?? "").split(",").flatMap((broker) => broker.trim() || []);
  if (brokers.length === 0) return null;
  kafkaClientFrom(environment);
  for (const broker of brokers) {
    if (!isBrokerAddress(broker)) throw wrong("KAFKA_BROKERS", `host:port, not ${JSON.stringify(broker)}`);
  }
  const ssl = sslOf(read);
  const sasl = saslOf(read("KAFKA_SASL_MECHANISM")?.toLowerCase(), {
    username: read("KAFKA_SASL_USERNAME"),
    // A password may begin or end with a blank.
    password: environment.KAFKA_SASL_PASSWORD || undefined,
    tokenFile: read("KAFKA_SASL_TOKEN_FILE"),
  });
  const sessionTimeoutMs = numberOf("KAFKA_SESSION_TIMEOUT_MS", read("KAFKA_SESSION_TIMEOUT_MS"));
  return {
    brokers,
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
  };
}

const clients = ["kafkajs", "platformatic"] as const;

/** The client library that `KAFKA_CLIENT` names; default `kafkajs`. Throws `options_invalid` for another one. */
export function kafkaClientFrom(environment: Environment): (typeof clients)[number] {
  const named = environment.KAFKA_CLIENT?.trim() || "kafkajs";
  const client = clients.find((one) => one === named);
  if (!client) throw wrong("KAFKA_CLIENT", clients.join(" or "));
  return client;
}

/** A risk of a connection that works, such as a password without TLS; null if there is none. */
export function connectionWarning({ brokers, ssl, sasl }: KafkaOptions): string | null {
  const isElsewhere = brokers.some((broker) => !/^(localhost|127(\.\d{1,3}){3}|\[::1\]):/.test(broker));
  return sasl?.mechanism === "plain" && !ssl && isElsewhere
    ? "SASL PLAIN without TLS: anyone on the way to the brokers can read the password; set KAFKA_SSL=true, or use scram-sha-512"
    : null;
}

type Read = (name: keyof typeof kafkaVariables) => string | undefined;

const sslFiles = { ca: "KAFKA_SSL_CA", cert: "KAFKA_SSL_CERT", key: "KAFKA_SSL_KEY" } as const;

function sslOf(read: Read): KafkaOptions["ssl"] | undefined {
  const ssl = read("KAFKA_SSL");
  if (ssl !== undefined && ssl !== "true" && ssl !== "false") throw wrong("KAFKA_SSL", "true or false");
  const given = Object.entries(sslFiles).filter(([, name]) => read(name) !== undefined);
  const [first] = given;
  if (!first) return ssl === "true" ? true : undefined;
  if (ssl !== "true") throw wrong("KAFKA_SSL", `true where ${first[1]} is set`);
  if (read("KAFKA_SSL_CERT") && !read("KAFKA_SSL_KEY")) throw wrong("KAFKA_SSL_KEY", "set where KAFKA_SSL_CERT is");
  if (read("KAFKA_SSL_KEY") && !read("KAFKA_SSL_CERT")) throw wrong("KAFKA_SSL_CERT", "set where KAFKA_SSL_KEY is");
  return Object.fromEntries(given.map(([option, name]) => [option, textIn(name, read(name) ?? "")]));
}

function textIn(name: keyof typeof kafkaVariables, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (caught) {
    throw wrong(name, `a file that can be read (${reasonOf(caught)})`);
  }
}

interface Credentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tokenFile: string | undefined;
}

function saslOf(mechanism: string | undefined, credentials: Credentials): KafkaSasl | undefined {
  const { username, password, tokenFile } = credentials;
  switch (mechanism) {
    case undefined:
      if (username === undefined && password === undefined && tokenFile === undefined) return undefined;
      throw wrong("KAFKA_SASL_MECHANISM", "set where a user, password or token is: plain, scram-sha-512, …");
    case "plain":
    case "scram-sha-256":
    case "scram-sha-512":
      if (username === undefined) throw wrong("KAFKA_SASL_USERNAME", `set for ${mechanism}`);
      if (password === undefined) throw wrong("KAFKA_SASL_PASSWORD", `set for ${mechanism}`);
      return { mechanism, username, password };
    case "oauthbearer":
      if (tokenFile === undefined) throw wrong("KAFKA_SASL_TOKEN_FILE", "set for oauthbearer");
      return { mechanism, token: async () => (await readFile(tokenFile, "utf8")).trim() };
    default:
      throw wrong("KAFKA_SASL_MECHANISM", "plain, scram-sha-256, scram-sha-512 or oauthbearer");
  }
}

function numberOf(name: keyof typeof kafkaVariables, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw wrong(name, "a whole number above 0");
  return Number(text);
}

const reasonOf = (caught: unknown): string => (caught instanceof Error ? caught.message : String(caught));

const wrong = (name: keyof typeof kafkaVariables, wanted: string) =>
  new KeylineError("options_invalid", `cannot connect to Kafka: ${name} must be ${wanted}`);
