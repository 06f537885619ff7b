import type { ConsumerOptions, Hooks, KeylineError, RecordPosition } from "@keyline/runtime";
import { createConsumer, type OrderEvent, type OrderTopicName, type OrderTopics } from "./orders.js";
import type { TestProcess } from "./process.js";
import { type Call, createRecorder, type Recorder } from "./recorder.js";
import type { World } from "./world.js";

type Seen<Name extends keyof Hooks> = Parameters<NonNullable<Hooks[Name]>>[0][];

/** What a reader's hooks said. */
export interface SeenByHooks {
  readonly held: Seen<"held">;
  readonly released: Seen<"released">;
  readonly causeIgnored: Seen<"causeIgnored">;
  readonly ignored: Seen<"ignored">;
  readonly retried: Seen<"retried">;
  readonly deadLettered: (RecordPosition & { readonly key: string | null; readonly error: KeylineError })[];
}

export type ReaderOptions = Partial<ConsumerOptions<OrderTopics>> & {
  readonly process?: TestProcess;
  readonly who?: string;
  readonly names?: readonly OrderTopicName[];
  readonly run?: (call: Call, event: OrderEvent) => Promise<void> | void;
};

/** A consumer in a process of its own that records its calls and what its hooks say. */
export async function openReader(world: World, options: ReaderOptions = {}) {
  const { process = world.process(), who = "", names = ["placed", "paid", "shipped"], run, ...rest } = options;
  const recorder: Recorder = createRecorder();
  const seen: SeenByHooks = { held: [], released: [], causeIgnored: [], ignored: [], retried: [], deadLettered: [] };
  const consumer = createConsumer({
    transport: process.transport,
    groupId: "readers",
    on: recorder.on(names, who, run),
    hooks: {
      held: (event) => void seen.held.push(event),
      released: (event) => void seen.released.push(event),
      causeIgnored: (event) => void seen.causeIgnored.push(event),
      ignored: (event) => void seen.ignored.push(event),
      retried: (event) => void seen.retried.push(event),
      deadLettered: (event) => void seen.deadLettered.push(event),
    },
    ...rest,
  });
  await world.start(consumer);
  return { recorder, consumer, process, seen };
}
