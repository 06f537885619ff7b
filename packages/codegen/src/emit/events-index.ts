import { printSource } from "../printer/source-file.js";
import type { EmitContext } from "./context.js";
import type { Layout } from "./layout.js";

interface Export {
  readonly file: string;
  readonly types?: readonly string[];
  readonly values: readonly string[];
}

const printExport = ({ file, types = [], values }: Export, { sibling }: Layout) =>
  `export { ${[...types.map((name) => `type ${name}`), ...values].join(", ")} } from "${sibling(`./gen/${file}`)}";\n`;

/** `src/index.ts` of the events package. */
export function emitEventsIndex(context: EmitContext): string {
  const { schemas, messages, topics, domains } = context.names;
  const groups: readonly (readonly Export[])[] = [
    messages.map((one) => ({
      file: `messages/${one.file}`,
      types: [one.type, one.input],
      values: [one.descriptor, one.constant],
    })),
    topics.map((one) => ({ file: `topics/${one.file}`, types: [one.type], values: [one.constant] })),
    [{ file: "topics", types: ["EventTopics"], values: ["topics"] }],
    domains.map((one) => ({ file: `domains/${one.file}`, values: [one.constant] })),
    [...schemas.values()].map((one) => ({ file: `schemas/${one.file}`, types: [one.type], values: [one.constant] })),
  ];
  return printSource(
    context.header,
    [],
    groups.map((group) => group.map((one) => printExport(one, context.layout)).join("")),
  );
}
