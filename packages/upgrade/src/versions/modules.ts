import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The entries of a version's packages. */
export interface Modules {
  readonly runtime: typeof import("@keyline/runtime");
  readonly memory: typeof import("@keyline/runtime/memory");
  readonly postgres: typeof import("@keyline/postgres");
  readonly kafkajs: typeof import("@keyline/kafkajs");
  readonly events: typeof import("@student-events/events");
  readonly producer: typeof import("@student-events/producer");
  readonly consumer: typeof import("@student-events/consumer");
}

/** Loads the packages that are installed in a folder. Their types are today's, whatever their age: see before.ts. */
export async function modulesIn(folder: string): Promise<Modules> {
  const require = createRequire(join(folder, "package.json"));
  const load = (name: string) => import(pathToFileURL(require.resolve(name)).href);
  const [runtime, memory, postgres, kafkajs, events, producer, consumer] = await Promise.all(
    [
      ...["@keyline/runtime", "@keyline/runtime/memory", "@keyline/postgres", "@keyline/kafkajs"],
      ...["@student-events/events", "@student-events/producer", "@student-events/consumer"],
    ].map(load),
  );
  return { runtime, memory, postgres, kafkajs, events, producer, consumer };
}
