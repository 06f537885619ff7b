import type { ReadChannel } from "../model/channel.js";
import { namesInAddress, readWire } from "../model/channel.js";
import type { Reading } from "../model/document.js";
import { follow } from "../refs/resolve.js";
import { entries, entry, placeOf, type SourceNode, text } from "../source/tree.js";

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
  const fixed = address.replaceAll(/\{[^{}]+\}/g, "x");
  if (topicName.test(fixed) && fixed !== "." && fixed !== "..") return;
  reading.reporter.report("address-topic", (at ?? { position: channel.position }).position, {
    message: `Kafka accepts no topic named ${JSON.stringify(address)}`,
    fix: "use up to 249 letters, digits, dots, underscores and hyphens, or set topic in its Kafka binding",
  });
};

/** Checks that a channel declares the parameters of its address, and no others. */
const checkParameters = (reading: Reading, { channel, node, kafka }: ReadChannel) => {
  const { id, address } = channel;
  if (address === null) return;
  const declared = new Map(entries(follow(reading.files, node, "parameters")));
  const at = entry(kafka, "topic") ?? entry(node, "address");
  for (const name of namesInAddress(address).filter((one) => !declared.has(one)))
    reading.reporter.report("address-undeclared", at?.position ?? channel.position, {
      message: `the address ${address} of channel ${id} has a parameter ${name} that the channel does not declare`,
      fix: `add it to the channel's parameters, with a description; or write the address without { }`,
    });
  // The binding's topic may have fewer parameters than the address.
  const used = namesInAddress(`${address} ${text(entry(node, "address")) ?? ""}`);
  for (const [name, parameter] of declared) {
    if (used.includes(name)) continue;
    reading.reporter.report("address-undeclared", parameter.label, {
      message: `channel ${id} declares a parameter ${name} that its address ${address} does not have`,
      fix: `write {${name}} where it stands in the address, or remove the parameter`,
    });
  }
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
  for (const channel of channels) {
    checkAddress(reading, channel);
    checkParameters(reading, channel);
  }
};
