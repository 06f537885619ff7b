import type { Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { checkFormat } from "../stored-format.js";
import type { ChainLink } from "./chain.js";
import { createProducerCore } from "./core.js";
import { preparedSend, type StoredEvent } from "./stored-event.js";
import type { ProducerOptions, Sent } from "./types.js";

/** How stored events are published: as a producer does it, but that each names its own source. */
export interface StoredSenderOptions extends Omit<ProducerOptions, "source"> {
  readonly topics: Topics;
}

/** Publishes stored events, in call order of each key. */
export interface StoredSender {
  connect(): Promise<void>;
  /** Other processes may have written any key: asks for the ends of all logs, which stand in as causes, and forgets the keys. */
  refresh(): Promise<void>;
  /** Asks again about topics whose partition count was wrong: it may have been put right since. */
  recheckCounts(): Promise<void>;
  /** Rejects once an earlier event of the chain has failed. Never throws. Connect first: causes are of one cluster. */
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
