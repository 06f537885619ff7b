import type { ContractChannel, Wire } from "../contract.js";
import { type ReadChannel, readWire } from "./channel.js";
import type { Reading } from "./document.js";
import { domainOf, type Ordering } from "./ordering.js";

/** A Kafka channel with what the document as a whole says about it. */
export interface Placed {
  readonly read: ReadChannel;
  readonly domain: string | null;
  readonly wire: Wire;
}

export const place = (reading: Reading, ordering: Ordering, read: ReadChannel): Placed => ({
  read,
  domain: domainOf(reading, ordering, read),
  wire: readWire(read.node) ?? readWire(reading.root) ?? "plain",
});

/** A channel for which code can be generated: its address is known. */
export const toChannel = ({ read, domain, wire }: Placed): ContractChannel => ({
  ...read.channel,
  address: read.channel.address ?? "",
  domain,
  wire,
});
