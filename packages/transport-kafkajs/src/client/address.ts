import { isIPv6 } from "node:net";

// Brokers by address: `host:port`, `10.0.0.1:9092`, `[::1]:9092`. kafkajs ends a host at its first colon, so that an IPv6
// address goes through it in another spelling, without colons.

const spelling = ".ipv6-literal";

const partsOf = (address: string) => /^(?:\[([^\]]+)\]|([^\s:,/[\]]+)):(\d{1,5})$/.exec(address);

/** Whether a text is the address of a broker. */
export const isBrokerAddress = (address: string): boolean => {
  const parts = partsOf(address);
  return parts !== null && (parts[1] === undefined || isIPv6(parts[1]));
};

/** An address as kafkajs can read it. */
export const spelled = (address: string): string => {
  const [, literal, , port] = partsOf(address) ?? [];
  return literal === undefined ? address : `${literal.replaceAll(":", "-")}${spelling}:${port}`;
};

/** The host that a spelling stands for; any other host as it is. */
export const hostOf = (host: string): string =>
  host.endsWith(spelling) ? host.slice(0, -spelling.length).replaceAll("-", ":") : host;
