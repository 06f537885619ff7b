import type { Generated } from "./compile.js";

/** Snippets of a README, in order. */
const snippetsIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, snippet = ""]) => snippet);

/** A module that holds every snippet of a package's READMEs, each in a function of its own. */
export function snippetModule({ scope, files }: Generated): string {
  const readme = (part: string) => files.find(({ path }) => path === `${part}/README.md`)?.content ?? "";
  const isUse = (snippet: string) => snippet.startsWith("import ");
  const functions = ["events", "producer", "consumer"].flatMap((part) =>
    snippetsIn(readme(part))
      .filter((snippet) => !isUse(snippet))
      .map((snippet, index) => `export async function ${part}${index}() {\n${snippet}}\n`),
  );
  return `import type { Transport } from "@keyline/runtime";
import type * as events from "${scope}/events";
import type { EventProducer } from "${scope}/producer";
import { createConsumer } from "${scope}/consumer";
declare const producer: EventProducer;
declare const transport: Transport;
${functions.join("").replace(/const event: (\S+) =/g, "const event: events.$1 =")}`;
}
