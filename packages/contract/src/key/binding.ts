import type { ReadChannel } from "../model/channel.js";
import type { Reading } from "../model/document.js";
import type { ReadMessage } from "../model/message.js";
import { follow } from "../refs/resolve.js";
import { entry, type SourceNode, text } from "../source/tree.js";

/** The key that a message declares in its Kafka binding. */
export interface DeclaredKey {
  readonly message: ReadMessage;
  readonly node: SourceNode;
  /** `x-runtime-expression`, where it says where the key comes from. */
  readonly expression: SourceNode | undefined;
}

const keyOf = (reading: Reading, message: ReadMessage): readonly DeclaredKey[] => {
  const node = entry(follow(reading.files, message.node, "bindings", "kafka"), "key");
  if (!node) return [];
  const expression = entry(node, "x-runtime-expression") ?? entry(follow(reading.files, node), "x-runtime-expression");
  return [{ message, node, expression: text(expression) === null ? undefined : expression }];
};

/** The keys that a channel's messages declare. */
export const declaredKeys = (reading: Reading, { messages }: ReadChannel): readonly DeclaredKey[] =>
  messages.flatMap((message) => keyOf(reading, message));

/** What a key is, in a few words: `string: the parcel id`. */
export const keyWords = (reading: Reading, { node }: DeclaredKey): string => {
  const schema = follow(reading.files, node);
  const words = text(entry(schema, "description")) ?? text(entry(schema, "title")) ?? "";
  const [line = ""] = words.trim().split("\n");
  const short = line.length > 60 ? `${line.slice(0, 59)}…` : line;
  return [text(entry(schema, "type")) ?? "", short].filter((part) => part !== "").join(": ");
};
