import { certificates } from "./certificates.ts";

/** Where a node listens. */
export interface NodePorts {
  readonly client: number;
  readonly controller: number;
  /** Of the listener that asks for credentials. */
  readonly sasl?: number;
  /** Of the listener that speaks TLS and asks for a certificate. */
  readonly tls?: number;
  /** Of the listener behind a proxy: where the broker listens, and where clients are told to find it. */
  readonly proxied?: { readonly listen: number; readonly advertised: number };
}

/** How a cluster is set up; each node gets the same. */
export interface ClusterSetup {
  readonly nodes: readonly NodePorts[];
  /** Names and passwords of the listener that asks for credentials. */
  readonly users: Readonly<Record<string, string>>;
  /** After how long the cluster takes a silent broker for dead, and elects other leaders. */
  readonly brokerSessionTimeoutMs: number;
  /** Further settings, as server.properties has them. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The host that a node's clients and its fellow nodes find it under; as a process of this machine it is always the same. */
const host = "127.0.0.1";

/** A node's server.properties. */
export function nodeProperties(setup: ClusterSetup, index: number, dataDir: string): Readonly<Record<string, string>> {
  const { nodes } = setup;
  const ports = nodes[index];
  if (!ports) throw new Error(`there is no node ${index + 1}`);
  const replicas = Math.min(3, nodes.length);
  const insync = String(Math.max(1, replicas - 1));
  const withSasl = ports.sasl === undefined ? [] : [["SASL", ports.sasl] as const];
  const withTls = ports.tls === undefined ? [] : [["TLS", ports.tls] as const];
  const { proxied } = ports;
  const withProxy = proxied === undefined ? [] : [["PROXIED", proxied.listen] as const];
  const atProxy = proxied === undefined ? [] : [["PROXIED", proxied.advertised] as const];
  const listeners = [["PLAINTEXT", ports.client] as const, ...withSasl, ...withTls];
  const urls = (some: readonly (readonly [string, number])[]) =>
    some.map(([name, port]) => `${name}://${host}:${port}`).join(",");
  return {
    "process.roles": "broker,controller",
    "node.id": String(index + 1),
    "controller.quorum.voters": nodes.map(({ controller }, at) => `${at + 1}@${host}:${controller}`).join(","),
    listeners: urls([...listeners, ...withProxy, ["CONTROLLER", ports.controller]]),
    "advertised.listeners": urls([...listeners, ...atProxy]),
    "listener.security.protocol.map":
      "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL",
    "inter.broker.listener.name": "PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "log.dirs": dataDir,
    "num.partitions": "1",
    "default.replication.factor": String(replicas),
    "min.insync.replicas": insync,
    "offsets.topic.replication.factor": String(replicas),
    "offsets.topic.num.partitions": "6",
    "transaction.state.log.replication.factor": String(replicas),
    "transaction.state.log.min.isr": insync,
    "transaction.state.log.num.partitions": "3",
    "share.coordinator.state.topic.replication.factor": String(replicas),
    "share.coordinator.state.topic.min.isr": insync,
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "broker.session.timeout.ms": String(setup.brokerSessionTimeoutMs),
    "broker.heartbeat.interval.ms": String(Math.min(2000, Math.floor(setup.brokerSessionTimeoutMs / 4))),
    ...(ports.sasl === undefined ? {} : saslProperties(setup.users)),
    ...(ports.tls === undefined ? {} : tlsProperties),
    ...setup.settings,
  };
}

const tlsProperties = {
  "listener.name.tls.ssl.client.auth": "required",
  "listener.name.tls.ssl.keystore.type": "PEM",
  "listener.name.tls.ssl.keystore.location": certificates.broker,
  "listener.name.tls.ssl.truststore.type": "PEM",
  "listener.name.tls.ssl.truststore.location": certificates.authority,
};

function saslProperties(users: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const known = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`);
  const module = (name: string) => `org.apache.kafka.common.security.${name} required`;
  return {
    "listener.name.sasl.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
    "listener.name.sasl.plain.sasl.jaas.config": `${module("plain.PlainLoginModule")} ${known.join(" ")};`,
    "listener.name.sasl.scram-sha-256.sasl.jaas.config": `${module("scram.ScramLoginModule")};`,
    "listener.name.sasl.scram-sha-512.sasl.jaas.config": `${module("scram.ScramLoginModule")};`,
    // Takes tokens without a signature: for tests alone.
    "listener.name.sasl.oauthbearer.sasl.jaas.config": `${module("oauthbearer.OAuthBearerLoginModule")} unsecuredLoginStringClaim_sub="broker";`,
  };
}

/** As Java's Properties reads it. */
export const propertiesText = (properties: Readonly<Record<string, string>>): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll("\\", "\\\\")}\n`)
    .join("");
