import type { Json } from "@keyline/json-schema";
import { accepts } from "../accepts.js";
import type { Node, NodeOf } from "../node.js";

/** Assertions of one type of value: those that hold, and those that do not. */
export interface Literals {
  readonly yes: readonly Node[];
  readonly no: readonly Node[];
}

export const ofKind = <Kind extends Node["kind"]>(nodes: readonly Node[], kind: Kind): readonly NodeOf<Kind>[] =>
  nodes.filter((node): node is NodeOf<Kind> => node.kind === kind);

/** Whether a value keeps to all of them. */
export const keeps = ({ yes, no }: Literals, value: Json): boolean =>
  yes.every((node) => accepts(node, value) === true) && no.every((node) => accepts(node, value) === false);

/** Values that must not be. */
export const excludedValues = ({ no }: Literals): readonly Json[] =>
  ofKind(no, "values").flatMap(({ values }) => values);

/** The least and the most of a count or a length, where what is not a minimum is a maximum. */
export const countRange = (
  { yes, no }: Literals,
  what: "Length" | "Items" | "Properties",
): readonly [number, number] => {
  const value = (nodes: readonly Node[], keyword: string) =>
    ofKind(nodes, "limit").flatMap((limit) => (limit.keyword === keyword ? [limit.value] : []));
  const least = [0, ...value(yes, `min${what}`), ...value(no, `max${what}`).map((most) => Math.floor(most) + 1)];
  const most = [...value(yes, `max${what}`), ...value(no, `min${what}`).map((min) => Math.ceil(min) - 1)];
  return [Math.ceil(Math.max(...least)), Math.floor(Math.min(Number.POSITIVE_INFINITY, ...most))];
};
