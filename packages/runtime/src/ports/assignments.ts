import type { RevocationReason, StartPosition, TopicPartition, TransportConsumerEvents } from "./transport.js";

/** Reports assignments and revocations to a consumer, in the order that {@link TransportConsumerEvents} promises. */
export interface Assignments {
  /**
   * Calls `assigned` once all earlier calls have settled; not for partitions that are revoked by then. `start` gets the positions, unless the partitions were revoked meanwhile.
   */
  assign(partitions: readonly TopicPartition[], start: (positions: readonly StartPosition[]) => void): void;
  /**
   * Revokes the last assignment. "lost" is final. If `tooLate` settles before `revoked` has, the partitions are lost
   * and this resolves; else it resolves when all calls have settled.
   */
  revoke(reason: RevocationReason, tooLate?: Promise<unknown>): Promise<void>;
}

/** The options of {@link createAssignments}. */
export interface AssignmentsOptions {
  readonly events: Pick<TransportConsumerEvents, "assigned" | "revoked">;
  /** `assigned` or `revoked` rejected: the consumer has to stop, which revokes with "lost". */
  readonly failed: (error: unknown) => void;
  /** Awaited before each call, for a process that stands still in a test. Default: no wait. */
  readonly awake?: () => Promise<void>;
}

/** The partitions of one `assigned`. */
interface Assignment {
  readonly partitions: readonly TopicPartition[];
  readonly start: (positions: readonly StartPosition[]) => void;
  /** Null as long as it is not revoked. */
  reason: RevocationReason | null;
  readonly revoked: PromiseWithResolvers<void>;
  /** Calls `revoked` for "lost", while it runs for another reason; null else. */
  lose: (() => void) | null;
}

/**
 * Creates the part of a transport that reports assignments and revocations to a consumer. Each assignment takes the same
 * steps: it waits, `assigned` runs, it is held, `revoked` runs, it is over. If it is revoked while it waits, it is over at
 * once, without a call; if it is revoked while `assigned` runs, `revoked` waits until that has settled. Only `revoked` for
 * "lost" can overlap another call: `revoked` for another reason.
 */
export function createAssignments(options: AssignmentsOptions): Assignments {
  // Invariant: only the last of all assignments may be without a reason, and each is reported to its end before the next
  // is begun; `told` settles after the last call that was begun, and never rejects. A reason changes to "lost" and never
  // back.
  let last: Assignment | null = null;
  let told: Promise<void> = Promise.resolve();

  return {
    assign(partitions, start) {
      if (last) want(last, "lost");
      const assignment: Assignment = {
        ...{ partitions, start, revoked: Promise.withResolvers() },
        ...{ reason: null, lose: null },
      };
      last = assignment;
      told = told.then(() => tell(assignment, options));
    },
    async revoke(reason, tooLate) {
      const assignment = last;
      if (!assignment) return;
      want(assignment, reason);
      await Promise.race([told, ...(tooLate ? [tooLate.then(() => want(assignment, "lost"))] : [])]);
    },
  };
}

/** Revokes an assignment, where it was not revoked for this reason or for "lost" already. */
function want(assignment: Assignment, reason: RevocationReason): void {
  if (assignment.reason === reason || assignment.reason === "lost") return;
  if (assignment.reason === null || reason === "lost") assignment.reason = reason;
  assignment.revoked.resolve();
  if (reason === "lost") assignment.lose?.();
}

/** Makes the calls of one assignment, from the first to the last. */
async function tell(assignment: Assignment, options: AssignmentsOptions): Promise<void> {
  const { events, failed, awake } = options;
  await awake?.();
  if (isRevoked(assignment)) return;
  const unwanted = new AbortController();
  void assignment.revoked.promise.then(awake).then(() => unwanted.abort());
  try {
    const positions = await events.assigned(assignment.partitions, unwanted.signal);
    if (!isRevoked(assignment)) assignment.start(positions);
  } catch (caught) {
    failed(caught);
  }
  await assignment.revoked.promise;
  await awake?.();
  await tellRevoked(assignment, assignment.reason ?? "lost", options);
}

const isRevoked = ({ reason }: Assignment): boolean => reason !== null;

async function tellRevoked(
  assignment: Assignment,
  reason: RevocationReason,
  { events, failed, awake }: AssignmentsOptions,
): Promise<void> {
  const call = (why: RevocationReason) => events.revoked(assignment.partitions, why);
  let lost: Promise<void> | null = null;
  const lose = async () => {
    await awake?.();
    if (assignment.lose) lost = call("lost").catch(failed);
  };
  if (reason !== "lost") assignment.lose = () => void lose();
  const settled = () => {
    assignment.lose = null;
  };
  await call(reason).finally(settled).catch(failed);
  await lost;
}
