import type { Contract, ContractOperation } from "@keyline/contract";
import { type ChannelPair, type Comparing, type FoundChange, placeIn } from "./context.js";

interface OperationPair {
  readonly before: ContractOperation;
  readonly after: ContractOperation;
}

/** Pairs operations: by id, then those that say the same under another one. */
const pairOperations = (before: Contract, after: Contract): readonly OperationPair[] => {
  const left = new Set(after.operations);
  const says = ({ channels }: Contract, { action, channel, app }: ContractOperation) =>
    JSON.stringify([action, channels.find(({ id }) => id === channel)?.address, app]);
  const claim = (fits: (operation: ContractOperation) => boolean) => {
    const found = [...left].find(fits);
    if (found) left.delete(found);
    return found;
  };
  const byId = before.operations.map((old) => [old, claim(({ id }) => id === old.id)] as const);
  return byId.flatMap(([old, same]) => {
    const found = same ?? claim((fresh) => says(after, fresh) === says(before, old));
    return found ? [{ before: old, after: found }] : [];
  });
};

/** Compares what sends and what receives, and in which group. */
export const compareOperations = (comparing: Comparing): void => {
  const { before, after, foundChanges } = comparing;
  const pairs = pairOperations(before.contract, after.contract);
  for (const pair of pairs) compareOperation(comparing, pair);
  const what = ({ app, action, id }: ContractOperation) =>
    `${app ?? "an app without a name"} ${action}s by operation ${id}`;
  for (const gone of before.contract.operations.filter((one) => !pairs.some((pair) => pair.before === one)))
    foundChanges.add({
      ...reach(comparing, [gone]),
      rule: "operation-removed",
      message: `${what(gone)} no longer`,
      position: placeIn(after, "operations"),
      before: gone.position,
    });
  for (const come of after.contract.operations.filter((one) => !pairs.some((pair) => pair.after === one)))
    foundChanges.add({
      ...reach(comparing, [come]),
      rule: "operation-added",
      message: `${what(come)} now`,
      position: come.position,
      before: null,
    });
};

const reach = (
  { before, after }: Comparing,
  operations: readonly ContractOperation[],
): Pick<FoundChange, "topics" | "apps"> => {
  const channels = [...after.contract.channels, ...before.contract.channels];
  const topics = operations.flatMap(({ channel }) => channels.find(({ id }) => id === channel)?.address ?? []);
  return { topics: [...new Set(topics)], apps: [...new Set(operations.flatMap(({ app }) => app ?? []))].sort() };
};

const compareOperation = (comparing: Comparing, { before, after }: OperationPair): void => {
  const add = (rule: FoundChange["rule"], message: string, ...path: readonly string[]) =>
    comparing.foundChanges.add({
      ...reach(comparing, [before, after]),
      rule,
      message,
      position: placeIn(comparing.after, "operations", after.id, ...path),
      before: placeIn(comparing.before, "operations", before.id, ...path),
    });
  const group = ["bindings", "kafka", "groupId"];
  if (before.groupId !== after.groupId && before.action === "receive") {
    const text = (id: string | null) => id ?? "not stated";
    const message = `the consumer group of ${after.app ?? after.id} is ${text(after.groupId)}, it was ${text(before.groupId)}`;
    add("group-id-changed", message, ...group);
  }
  if (before.app !== after.app)
    add(
      "operation-changed",
      `operation ${after.id} belongs to ${after.app ?? "no app"}, it was ${before.app ?? "none"}`,
    );
  const channels = comparing.pairs.find((pair) => pair.before.id === before.channel);
  if (before.action !== after.action || channels?.after.id !== after.channel)
    add("operation-changed", `operation ${after.id} has another action or channel`);
  else if (messagesChanged({ before, after }, channels))
    add("operation-changed", `operation ${after.id} has other messages`);
};

/** Whether it has another choice of the messages that the channel has in both versions. */
const messagesChanged = ({ before, after }: OperationPair, channels: ChannelPair): boolean => {
  const ids = (messages: readonly { readonly id: string }[]) => new Set(messages.map(({ id }) => id));
  const [old, fresh] = [ids(channels.before.messages), ids(channels.after.messages)];
  const both = (names: readonly string[]) => names.filter((name) => old.has(name) && fresh.has(name)).sort();
  return JSON.stringify(both(before.messages)) !== JSON.stringify(both(after.messages));
};
