import { list, literal } from "../json-schema/index.js";
import type { DomainNames } from "../names/plan.js";
import { fromRuntime, printSource } from "../printer/source-file.js";
import type { EmitContext } from "./context.js";
import { describe } from "./describe.js";

/** `src/gen/domains/<name>.ts`: the descriptor of an ordering domain. */
export function emitDomainFile({ domain, constant }: DomainNames, context: EmitContext): string {
  const addresses = context.contract.channels
    .filter((channel) => domain.channels.includes(channel.id))
    .map(({ address }) => address);
  const comment = describe(
    {},
    `The ordering domain ${domain.name}: events of one ${domain.keyPath.join("/")} are kept in order over all its topics.`,
  );
  const descriptor = `${comment}export const ${constant}: DomainDescriptor = {
  kind: "domain",
  name: ${literal(domain.name)},
  partitioner: ${literal(domain.partitioner)},
  keyType: ${literal(domain.keyType)},${domain.maxKeyBytes === null ? "" : `\n  maxKeyBytes: ${literal(domain.maxKeyBytes)},`}
  partitions: ${literal(domain.partitions)},
  topics: ${list("[", addresses.map(literal), "]").replaceAll("\n", "\n  ")},
};`;
  return printSource(context.header, [fromRuntime("DomainDescriptor")], [descriptor]);
}
