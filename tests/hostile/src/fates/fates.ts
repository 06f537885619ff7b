import type { ErrorCode, Hooks, RecordPosition } from "@keyline/runtime";
import { headerText } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import type { HostileRecord } from "../records/hostile-record.js";

/** What became of one record at one reader. */
export type Fate = { readonly kind: "handled" | "ignored" } | { readonly kind: "refused"; readonly code: ErrorCode };

/** `topic/partition@offset` */
export const placeOf = ({ topic, partition, offset }: RecordPosition): string => `${topic}/${partition}@${offset}`;

/** What a reader's hooks said of each record, by place. */
export interface Fates {
  readonly hooks: Hooks;
  readonly of: ReadonlyMap<string, readonly Fate[]>;
}

/** Invariant: `of` has what the hooks said until now, in their order. */
export function noteFates(): Fates {
  const of = new Map<string, Fate[]>();
  const note = (position: RecordPosition, fate: Fate) => {
    const place = placeOf(position);
    of.set(place, [...(of.get(place) ?? []), fate]);
  };
  return {
    of,
    hooks: {
      handled: (event) => note(event, { kind: "handled" }),
      ignored: (event) => note(event, { kind: "ignored" }),
      deadLettered: (event) => note(event, { kind: "refused", code: event.error.code }),
    },
  };
}

/** The codes on the dead letters of a group, by the place of the record that each is about. */
export function lettersOf(
  group: string,
  letters: readonly Pick<ConsumerRecord, "headers">[],
): ReadonlyMap<string, string> {
  const found = letters.flatMap(({ headers }) => {
    const part = (name: string) => headerText(headers, `keyline-error-${name}`) ?? "";
    if (part("group") !== group) return [];
    return [[`${part("topic")}/${part("partition")}@${part("offset")}`, part("code")] as const];
  });
  return new Map(found);
}

/** A hostile record, and where it lies. */
export interface Written {
  readonly place: string;
  readonly record: Pick<HostileRecord, "what" | "codes">;
}

/** What is wrong with what a reader did with a record; null where it did what it must. */
export function judge({ place, record }: Written, fates: readonly Fate[], letter: string | undefined): string | null {
  const [fate, ...more] = fates;
  const wanted = record.codes.length === 0 ? "a fate" : `refused as ${record.codes.join(" or ")}`;
  const said = fates.map((one) => (one.kind === "refused" ? `refused as ${one.code}` : one.kind)).join(", ");
  const found = (problem: string) => `${place} (${record.what}): ${problem}; wanted ${wanted}, found ${said || "none"}`;
  if (fate === undefined) return found("it has no fate");
  if (more.length > 0) return found("it has several fates");
  if (fate.kind !== "refused") return record.codes.length > 0 ? found("what is not an event was taken for one") : null;
  if (letter !== fate.code) return found(`its dead letter says ${letter ?? "nothing"}`);
  const isRight = record.codes.length === 0 ? ofWork.has(fate.code) : record.codes.includes(fate.code);
  return isRight ? null : found("it was refused for another reason");
}

/** Why an event that was read may be refused: what it makes a projection do is impossible. */
const ofWork: ReadonlySet<ErrorCode> = new Set(["handler_failed", "store_refused"]);
