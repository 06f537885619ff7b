import type { TopicDescriptor } from "@keyline/runtime";
import type { MessageDescriptor } from "@keyline/runtime/tools";

/** What is published beside the class: its number, which no other note has, on whichever topic. */
export interface NoteEvent {
  readonly n: number;
}

const note: MessageDescriptor<NoteEvent, NoteEvent> = {
  ...{ kind: "message", format: 1, name: "Note", declared: true, key: null, fill: [] },
  ...{ id: null, type: null, time: null, correlation: null },
  schema: { "~standard": { version: 1, vendor: "chaos", validate: (value) => ({ value: value as NoteEvent }) } },
};

const unkeyed = (name: string): TopicDescriptor<{ readonly note: typeof note }, never> => ({
  ...{ kind: "topic", format: 1, name, address: `side.${name}`, parameters: [], domain: null },
  ...{ partitions: null, wire: "plain", messages: { note } },
});

/** Topics without keys: one that grows, and one that is deleted and recreated. */
export const noteTopics = { growing: unkeyed("growing"), recreated: unkeyed("recreated") };

export type NoteTopic = keyof typeof noteTopics;
