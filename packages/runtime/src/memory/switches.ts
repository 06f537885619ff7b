import type { TopicPartition } from "../ports/transport.js";

/** The topic-partitions that something applies to; without fields, all. */
export interface PartitionFilter {
  readonly topic?: string;
  readonly partition?: number;
}

/** Ends a fault. A second call has no effect. */
export type Off = () => void;

/** Faults of one kind that are on, each for some partitions and some number of times. */
export interface Switch<Setting> {
  on(setting: Setting, options: PartitionFilter & { readonly count?: number }): Off;
  /** The setting of the first fault that applies here, which is used up by one; undefined when none does. */
  take(partition: TopicPartition): Setting | undefined;
  /** Whether some fault applies here; uses none up. */
  applies(partition: TopicPartition): boolean;
}

interface Armed<Setting> extends PartitionFilter {
  readonly setting: Setting;
  left: number;
}

/** Invariant: a fault is armed until it is turned off or used up, in the order in which faults were turned on. */
export function createSwitch<Setting>(): Switch<Setting> {
  const armed = new Set<Armed<Setting>>();

  const find = (partition: TopicPartition) => {
    for (const fault of armed) if (matches(fault, partition)) return fault;
    return undefined;
  };

  return {
    on(setting, { count = Number.POSITIVE_INFINITY, ...filter }) {
      const fault: Armed<Setting> = { ...filter, setting, left: count };
      armed.add(fault);
      return () => void armed.delete(fault);
    },
    take(partition) {
      const fault = find(partition);
      if (!fault) return undefined;
      fault.left -= 1;
      if (fault.left <= 0) armed.delete(fault);
      return fault.setting;
    },
    applies: (partition) => armed.size > 0 && find(partition) !== undefined,
  };
}

function matches(filter: PartitionFilter, { topic, partition }: TopicPartition): boolean {
  return (filter.topic ?? topic) === topic && (filter.partition ?? partition) === partition;
}
