import type { ReadChannel } from "../model/channel.js";
import { readWire } from "../model/channel.js";
import type { Reading } from "../model/document.js";
import { entry, placeOf, type SourceNode } from "../source/tree.js";

const topicName = /^[A-Za-z0-9._-]{1,249}$/;

const checkAddress = (reading: Reading, { channel, node, kafka }: ReadChannel) => {
  const { id, address } = channel;
  if (address === null) return;
  const at = entry(kafka, "topic") ?? entry(node, "address");
  if (!at) {
    reading.reporter.report("address-missing", channel.position, {
      message: `channel ${id} has no address, so its id is taken for its topic`,
      fix: `add address: ${id}; or address: null where the topic is known at run time only`,
    });
  }
  const fixed = address.replaceAll(/\{[^{}]*\}/g, "x");
  if (topicName.test(fixed) && fixed !== "." && fixed !== "..") return;
  reading.reporter.report("address-topic", (at ?? { position: channel.position }).position, {
    message: `Kafka accepts no topic named ${JSON.stringify(address)}`,
    fix: "use up to 249 letters, digits, dots, underscores and hyphens, or set topic in its Kafka binding",
  });
};

/** Checks `x-wire` on a channel or at the root. */
export const checkWire = (reading: Reading, node: SourceNode): void => {
  const at = entry(node, "x-wire");
  if (!at || readWire(node) !== null) return;
  reading.reporter.report("wire-unknown", placeOf(at), {
    message: `x-wire ${at.kind === "scalar" ? JSON.stringify(at.value) : "of this shape"} is unknown`,
    fix: "write plain (the default) or cloudevents",
  });
};

/** Checks the addresses of Kafka channels that can be generated. */
export const checkAddresses = (reading: Reading, channels: readonly ReadChannel[]): void => {
  for (const channel of channels) checkAddress(reading, channel);
};
