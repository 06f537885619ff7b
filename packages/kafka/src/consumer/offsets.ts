import type { StartPosition, TopicPartition } from "@keyline/runtime/transport";
import { answeredWithin } from "../client/cluster.js";
import { failureOf, transportError } from "../errors.js";
import { nameOf, perTopic } from "../partitions.js";
import { offsetCommit, offsetFetch } from "../wire/groups.js";
import { refuseFailed } from "../wire/types.js";
import type { Coordinator } from "./coordinator.js";
import type { Membership } from "./membership.js";

/** Answers to a commit of a member that does not own what it commits any more. */
const notOwned = new Set(["REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "FENCED_INSTANCE_ID"]);

/** How long offsets are tried to be read and written while their broker moves. */
const patience = { withinMs: 15_000 };
/** And written by a member that leaves: whatever asked it to end waits for that, and may end it by force. */
const leavingWithinMs = 8000;

/** The offsets that a group committed, in the order asked for; null where there is none. */
export async function readOffsets(
  coordinator: Coordinator,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<readonly (number | null)[]> {
  const topics = perTopic(partitions, ({ partition }) => partition);
  try {
    const answer = await coordinator.retry(patience, offsetFetch({ groupId, topics }), ({ topics: rows }) =>
      refuseFailed(rowsOf(rows)),
    );
    const found = new Map(rowsOf(answer.topics).map((row) => [nameOf(row), row.offset]));
    return partitions.map((partition) => {
      const offset = found.get(nameOf(partition)) ?? -1;
      return offset < 0 ? null : offset;
    });
  } catch (caught) {
    throw transportError(caught, `read the offsets of group ${groupId}`);
  }
}

/**
 * Commits for a group; what the membership does not own, or the broker says that it does not, is dropped. Where a broker
 * answers nothing it is given up as well, sooner by a member that leaves: the next owner repeats what is not committed.
 */
export async function commitOffsets(
  coordinator: Coordinator,
  groupId: string,
  membership: Membership,
  offsets: readonly StartPosition[],
  isLeaving: boolean,
): Promise<void> {
  const owned = membership.isLive() ? offsets.filter(membership.owns) : [];
  if (owned.length === 0) return;
  const { instanceId, generation } = membership;
  const { memberId, generationId } = generation;
  const topics = perTopic(owned, ({ partition, offset }) => ({ partition, offset, leaderEpoch: -1, note: null }));
  const request = offsetCommit({ groupId, generation: generationId, memberId, instanceId, topics });
  const withinMs = isLeaving ? leavingWithinMs : patience.withinMs;
  try {
    // Given up and tried again later it would set back what the next commit says.
    await answeredWithin(withinMs, (signal) =>
      coordinator.retry({ withinMs, signal }, request, ({ topics: rows }) => refuseFailed(rowsOf(rows))),
    );
  } catch (caught) {
    const { type } = failureOf(caught);
    if (type && notOwned.has(type)) return;
    throw transportError(caught, `commit for group ${groupId}`);
  }
}

/** The partitions of an answer, each with its topic. */
const rowsOf = <Row>(topics: readonly { readonly topic: string; readonly partitions: readonly Row[] }[]) =>
  topics.flatMap(({ topic, partitions }) => partitions.map((row) => ({ topic, ...row })));
