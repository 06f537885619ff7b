import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import { partitionOf } from "../key/partitioner.js";
import type { Connection } from "./connection.js";
import type { KeyMemory } from "./key-memory.js";
import { type Outgoing, requestOf } from "./outgoing.js";
import type { Sent } from "./types.js";
import { createWaitingRoom } from "./waiting-room.js";
import type { Writer } from "./writer.js";

export interface IntakeOptions {
  readonly source: string;
  readonly memory: KeyMemory;
  readonly writer: Writer;
  readonly connection: Connection;
  /** Events that may wait at most. */
  readonly maxQueued: number;
}

/** Gives each event its partition and queues it, in call order. */
export interface Intake {
  send(event: Outgoing): Promise<Sent>;
  /** Resolves when all that was sent before is settled. */
  flush(): Promise<void>;
  /** Flushes, then closes. Rejects after the time what was not sent with `closed`, what is under way with `outcome_unknown`. */
  close(timeoutMs: number): Promise<void>;
}

/**
 * Invariant: the events of one key reach the writer in call order. An event goes to the writer in the turn of its call
 * when the cluster and its topic are known and no event of its key is in the waiting room; else it enters that room, which
 * is emptied in order. Once `closed`, nothing enters either; it is closed once. `unkeyed` counts the events without a key of
 * each topic.
 */
export function createIntake(options: IntakeOptions): Intake {
  const { source, memory, writer, connection, maxQueued } = options;
  const { topology, counts } = connection;
  const unkeyed = new Map<string, number>();
  let closing: Promise<void> | null = null;
  let closed = false;

  const partitionFor = ({ topic, address, prepared }: Outgoing): number => {
    const count = topology.partitionsOf(topic, address);
    if (!topic.domain || prepared.key === null) {
      const before = unkeyed.get(address) ?? 0;
      unkeyed.set(address, before + 1);
      return before % count;
    }
    return partitionOf(topic.domain.partitioner, Buffer.from(prepared.key), count);
  };

  const write = (event: Outgoing, clusterId: string): Promise<Sent> => {
    counts.tick();
    const { prepared, orderKey } = event;
    const acknowledged = (position: RecordPosition) => {
      memory.newest(position);
      if (orderKey !== null) memory.remember(orderKey, position);
    };
    const partition = partitionFor(event);
    const request = requestOf(event, { source, clusterId, partition, known: memory.causes, acknowledged });
    return writer
      .write(request)
      .then(({ topic, offset }) => ({ topic, partition, offset, key: prepared.key, eventId: prepared.id }));
  };

  const waitingRoom = createWaitingRoom<Outgoing, Sent>({
    open: (events) => connection.connectFor(events.map(({ address }) => address)),
    start: async (event) => {
      const clusterId = connection.clusterId();
      return clusterId === null ? Promise.reject(closedBefore(event)) : write(event, clusterId);
    },
  });

  const close = async (timeoutMs: number) => {
    const deadlineMs = performance.now() + timeoutMs;
    await Promise.race([waitingRoom.settled(), sleep(timeoutMs, undefined, { ref: false })]);
    closed = true;
    waitingRoom.rejectAll(new KeylineError("closed", "the producer was closed before it was sent"));
    await writer.close(Math.max(0, deadlineMs - performance.now()));
  };

  return {
    send(event) {
      if (closed) return Promise.reject(closedBefore(event));
      if (writer.pending() + waitingRoom.size() >= maxQueued) return Promise.reject(queueFull(event, maxQueued));
      const clusterId = connection.clusterId();
      if (clusterId !== null && topology.knows(event.address) && !waitingRoom.holds(event.orderKey))
        return write(event, clusterId);
      return waitingRoom.enter(event);
    },
    async flush() {
      await waitingRoom.settled();
      await writer.flush();
    },
    close(timeoutMs) {
      closing ??= close(timeoutMs);
      return closing;
    },
  };
}

const closedBefore = ({ address }: Outgoing) =>
  new KeylineError("closed", `cannot send to ${address}: the producer is closed`);

const queueFull = ({ address, prepared }: Outgoing, most: number) =>
  new KeylineError("queue_full", `cannot send to ${address}: ${most} events wait already: await earlier sends`, {
    ...(prepared.id ? { eventId: prepared.id } : {}),
  });
