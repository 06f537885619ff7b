import { checkChannels, checkWire } from "../checks/channel.js";
import { checkDomain } from "../checks/domain.js";
import { checkExamples } from "../checks/example.js";
import { checkInfo } from "../checks/info.js";
import { checkKeySources, checkOtherSource } from "../checks/key-source.js";
import { checkMeanings } from "../checks/meaning.js";
import { checkCorrelation, checkEventTypes } from "../checks/message.js";
import { checkOperations } from "../checks/operation.js";
import { checkSchemas } from "../checks/schemas.js";
import type { Contract, ContractChannel } from "../contract.js";
import { follow } from "../refs/resolve.js";
import { entry, text } from "../source/tree.js";
import { type ReadChannel, readChannels, readWire } from "./channel.js";
import type { Reading } from "./document.js";
import { readOperations } from "./operation.js";
import { type DeclaredDomain, domainOf, readOrdering } from "./ordering.js";

interface Placed {
  readonly read: ReadChannel;
  readonly domain: string | null;
}

const toChannel = (reading: Reading, { read, domain }: Placed): ContractChannel => ({
  ...read.channel,
  address: read.channel.address ?? "",
  domain,
  wire: readWire(read.node) ?? readWire(reading.root) ?? "plain",
});

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
  const channels = readChannels(reading);
  const operations = readOperations(reading, channels);
  const ordering = readOrdering(reading);
  const own = checkKeySources(reading, ordering, channels);
  const placed = channels.map((read) => ({
    read,
    domain: domainOf(reading, ordering, read) ?? own.get(read.channel.id)?.name ?? null,
  }));
  const messages = channels.flatMap((channel) => channel.messages);
  checkWire(reading, root);
  checkInfo(reading, channels);
  checkChannels(reading, channels);
  checkOperations(reading, channels, operations);
  for (const message of messages) checkCorrelation(reading, message);
  checkEventTypes(
    reading,
    placed.filter(({ domain }) => domain !== null).map(({ read }) => read),
  );
  const domains = [...ordering.domains, ...own.values()].map((domain) =>
    checkDomain(reading, domain, inDomain(placed, domain)),
  );
  for (const domain of ordering.domains) checkOtherSource(reading, domain, inDomain(placed, domain));
  // The official parser has checked schemas against the meta-schema already, if not those in every place.
  if (reading.isValid && checksSchemas) checkSchemas(reading, reading.schemas.converted());
  if (checksSchemas) checkMeanings(reading, reading.schemas.converted());
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
    channels: placed.map((one) => toChannel(reading, one)),
    operations: operations.map(({ operation }) => operation),
    schemas: reading.schemas.collected(),
  };
};
