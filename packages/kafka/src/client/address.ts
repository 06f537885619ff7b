import { isIPv6 } from "node:net";
import type { Address } from "../port.js";

// Brokers by address: `host:port`, `10.0.0.1:9092`, `[::1]:9092`.

const partsOf = (address: string) => /^(?:\[([^\]]+)\]|([^\s:,/[\]]+)):(\d{1,5})$/.exec(address);

/** Whether a text is the address of a broker. */
export const isBrokerAddress = (address: string): boolean => {
  const parts = partsOf(address);
  return parts !== null && (parts[1] === undefined || isIPv6(parts[1]));
};

/** The host and the port of an address. */
export const addressOf = (address: string): Address => {
  const [, literal, host = "", port] = partsOf(address) ?? [];
  return { host: literal ?? host, port: Number(port) };
};

/** Names a broker in maps and messages. */
export const nameOfAddress = ({ host, port }: Address): string => `${host}:${port}`;
