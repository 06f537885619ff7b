import type { Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { checkFormat } from "../stored-format.js";
import type { ChainLink } from "./chain.js";
import { createProducerCore } from "./core.js";
import { preparedSend, type StoredEvent } from "./stored-event.js";
import type { ProducerOptions, Sent } from "./types.js";

/** How stored events are published: the options of a producer, except that each event names its own source. */
export interface StoredSenderOptions extends Omit<ProducerOptions, "source"> {
  readonly topics: Topics;
}

/** Publishes stored events, in call order of each key. */
export interface StoredSender {
  connect(): Promise<void>;
  /**
   * Reads the ends of all logs, which then replace causes that are not known, and forgets the keys: other processes may have
   * written any key.
   */
  refresh(): Promise<void>;
  /** Asks again about topics with a wrong partition count: it may have been corrected since. */
  recheckCounts(): Promise<void>;
  /** Rejects if an earlier event of the chain has failed. Never throws. Connect first: causes belong to one cluster. */
  send(event: StoredEvent, link: ChainLink): Promise<Sent>;
  close(timeoutMs: number): Promise<void>;
}

/** @see StoredSender */
export function createStoredSender({ topics, ...options }: StoredSenderOptions): StoredSender {
  const core = createProducerCore(Object.values(topics), { ...options, source: "outbox" });

  return {
    connect: core.connect,
    refresh: () => core.refreshLane(null),
    recheckCounts: core.recheckCounts,
    send(event, link) {
      try {
        checkFormat(`an event of ${event.topic} in the outbox`, event);
        return core.sendPrepared({ ...preparedSend(topics, event, core.clusterId() ?? ""), link });
      } catch (caught) {
        link.fail(KeylineError.from(caught, "options_invalid", `cannot publish a stored event to ${event.topic}`));
        return Promise.reject(caught);
      }
    },
    close: core.close,
  };
}
