import type { StartPosition, TopicPartition } from "@keyline/runtime/transport";
import { answeredWithin, nameOf, perTopic } from "../client/cluster.js";
import { failureOf, transportError } from "../errors.js";
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
  const topics = perTopic(partitions, ({ partition }) => ({ partition }));
  try {
    const { responses } = await coordinator.retry(patience, (broker) => broker.offsetFetch({ groupId, topics }));
    const found = new Map(
      responses.flatMap(({ topic, partitions: some }) =>
        some.map(({ partition, offset }) => [nameOf({ topic, partition }), Number(offset)] as const),
      ),
    );
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
  const { memberId, generationId } = membership.generation;
  const topics = perTopic(owned, ({ partition, offset }) => ({ partition, offset: String(offset) }));
  const withinMs = isLeaving ? leavingWithinMs : patience.withinMs;
  try {
    // Given up and tried again later it would set back what the next commit says.
    await answeredWithin(withinMs, (signal) =>
      coordinator.retry({ withinMs, signal }, (broker) =>
        broker.offsetCommit({ groupId, memberId, groupGenerationId: generationId, topics }),
      ),
    );
  } catch (caught) {
    const { type } = failureOf(caught);
    if (type && notOwned.has(type)) return;
    throw transportError(caught, `commit for group ${groupId}`);
  }
}
