import type { ReadChannel } from "../model/channel.js";
import { readWire } from "../model/channel.js";
import type { Reading } from "../model/document.js";
import { entry, placeOf, type SourceNode } from "../source/tree.js";

const topicName = /^[A-Za-z0-9._-]{1,249}$/;

const checkAddress = (reading: Reading, { channel, node, kafka }: ReadChannel) => {
  const { id, address } = channel;
  const at = entry(kafka, "topic") ?? entry(node, "address");
  if (address === null || address === "") {
    return reading.reporter.report("address-null", (at ?? { position: channel.position }).position, {
      message: `channel ${id} has no address, so its topic is unknown`,
      fix: "set its address to the topic's name, or topic in its Kafka binding",
    });
  }
  const fixed = address.replaceAll(/\{[^{}]*\}/g, "x");
  if (topicName.test(fixed) && fixed !== "." && fixed !== "..") return;
  reading.reporter.report("address-topic", (at ?? { position: channel.position }).position, {
    message: `Kafka accepts no topic named ${JSON.stringify(address)}`,
    fix: "use up to 249 letters, digits, dots, underscores and hyphens, or set topic in its Kafka binding",
  });
};

const checkMessages = (reading: Reading, { channel }: ReadChannel) => {
  if (channel.messages.length > 0) return;
  reading.reporter.report("message-missing", channel.position, {
    message: `channel ${channel.id} has no message`,
    fix: "add what its topic carries to its messages",
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

const checkDuplicates = (reading: Reading, channels: readonly ReadChannel[]) => {
  const owners = new Map<string, string>();
  for (const { channel } of channels) {
    if (channel.address === null) continue;
    const owner = owners.get(channel.address);
    if (owner === undefined) owners.set(channel.address, channel.id);
    else {
      reading.reporter.report("address-duplicate", channel.position, {
        message: `channels ${owner} and ${channel.id} have the same topic ${channel.address}`,
        fix: "merge them into one channel with all their messages, or correct an address",
      });
    }
  }
};

/** Checks each Kafka channel on its own, and their addresses together. */
export const checkChannels = (reading: Reading, channels: readonly ReadChannel[]): void => {
  for (const channel of channels) {
    checkAddress(reading, channel);
    checkMessages(reading, channel);
    checkWire(reading, channel.node);
  }
  checkDuplicates(reading, channels);
};
