import type { ContractDomain, ContractOperation } from "@keyline/contract";
import type { EmitContext } from "../emit/context.js";
import type { MessageNames, TopicNames } from "../names/plan.js";

/** A page of the docs, in plain Markdown. */
export interface DocsPage {
  /** Relative to the folder of the docs, with `/`. Links in the body are relative to it. */
  readonly path: string;
  /** Text, not Markdown. */
  readonly title: string;
  /** One sentence of text, not Markdown. */
  readonly description: string;
  /** Markdown that begins below the title. */
  readonly body: string;
}

/** What sends to a topic, or receives from it. */
export interface Party {
  readonly app: string;
  readonly groupId: string | null;
  readonly operation: ContractOperation;
}

/** What an operation without `x-app` is called. */
const partyOf = (operation: ContractOperation): Party => ({
  app: operation.app ?? operation.id,
  groupId: operation.groupId,
  operation,
});

/** What sends to a topic, or receives from it, in the contract's order. */
export const partiesOf = (
  { channel }: TopicNames,
  action: ContractOperation["action"],
  { contract }: EmitContext,
): readonly Party[] =>
  contract.operations.filter((one) => one.channel === channel.id && one.action === action).map(partyOf);

/** The names of parties, each once. */
export const appsOf = (parties: readonly Party[]): readonly string[] => [...new Set(parties.map(({ app }) => app))];

/** The ordering domain of a topic; null for an unkeyed one. */
export const domainOf = ({ channel }: TopicNames, { contract }: EmitContext): ContractDomain | null =>
  contract.domains.find(({ name }) => name === channel.domain) ?? null;

/** The key as one reads it: `student_id`, `owner.name`. */
export const keyName = ({ keyPath }: ContractDomain): string => keyPath.join(".");

/** Topics that carry a message, in the contract's order. */
export const topicsWith = (message: MessageNames, { names }: EmitContext): readonly TopicNames[] =>
  names.topics.filter(({ messages }) => messages.some((one) => one.message === message));
