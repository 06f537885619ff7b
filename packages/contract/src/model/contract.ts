import { checkAddresses, checkWire } from "../checks/channel.js";
import { checkDomain } from "../checks/domain.js";
import { checkExamples } from "../checks/example.js";
import { checkInfo } from "../checks/info.js";
import { checkKeySources, checkOtherSource } from "../checks/key-source.js";
import { checkMeanings } from "../checks/meaning.js";
import { checkCorrelation, checkEventTypes, checkNames } from "../checks/message.js";
import { checkOperations } from "../checks/operation.js";
import { checkSchemas } from "../checks/schemas.js";
import type { Contract } from "../contract.js";
import { follow } from "../refs/resolve.js";
import { entry, text } from "../source/tree.js";
import { readChannels } from "./channel.js";
import type { Reading } from "./document.js";
import { schemaNodes } from "./message.js";
import { joinTopics } from "./one-topic.js";
import { sortChannels } from "./opaque.js";
import { readOperations } from "./operation.js";
import { type DeclaredDomain, readOrdering } from "./ordering.js";
import { type Placed, place, toChannel } from "./placed.js";

const inDomain = (placed: readonly Placed[], domain: DeclaredDomain) =>
  placed.filter((one) => one.domain === domain.name).map(({ read }) => read);

/** How much of a document is checked. */
export interface ReadOptions {
  /** Whether schemas and examples are. Default: true. */
  readonly checksSchemas?: boolean;
}

/** Reads the document and runs every rule that looks at its meaning. What it returns is whole only without errors. */
export const readContract = (reading: Reading, { checksSchemas = true }: ReadOptions = {}): Contract => {
  const { files, root } = reading;
  const info = follow(files, root, "info");
  const read = readChannels(reading);
  const ordering = readOrdering(reading);
  const placed = joinTopics(
    reading,
    read.map((one) => place(reading, ordering, one)),
  );
  const sorted = sortChannels(reading, placed);
  const channels = sorted.generated.map((one) => one.read);
  const own = checkKeySources(reading, ordering, channels);
  const generated = sorted.generated.map((one) => ({
    ...one,
    domain: one.domain ?? own.get(one.read.channel.id)?.name ?? null,
  }));
  const messages = channels.flatMap((channel) => channel.messages);
  const schemas = messages.flatMap(schemaNodes);
  const operations = readOperations(reading, channels);
  for (const node of [root, ...read.map((one) => one.node)]) checkWire(reading, node);
  checkInfo(reading, sorted);
  checkAddresses(reading, channels);
  checkOperations(reading, channels, operations);
  for (const channel of channels) checkNames(reading, channel);
  for (const message of messages) checkCorrelation(reading, message);
  checkEventTypes(
    reading,
    generated.filter(({ domain }) => domain !== null).map((one) => one.read),
  );
  const domains = [...ordering.domains, ...own.values()].map((domain) =>
    checkDomain(reading, domain, inDomain(generated, domain)),
  );
  for (const domain of ordering.domains) checkOtherSource(reading, domain, inDomain(generated, domain));
  // The official parser has checked schemas against the meta-schema already, if not those in every place.
  if (reading.isValid && checksSchemas) checkSchemas(reading, reading.schemas.converted(schemas));
  if (checksSchemas) checkMeanings(reading, reading.schemas.converted(schemas));
  if (checksSchemas) checkExamples(reading, messages);
  return {
    kind: "contract",
    format: 1,
    asyncapi: text(entry(root, "asyncapi")) ?? "",
    title: text(entry(info, "title")) ?? "",
    version: text(entry(info, "version")) ?? "",
    description: text(entry(info, "description")),
    file: files.main.name,
    domains,
    channels: generated.map(toChannel),
    opaque: sorted.opaque,
    operations: operations.map(({ operation }) => operation),
    schemas: reading.schemas.collected(schemas),
  };
};
