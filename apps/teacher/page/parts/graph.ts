import type { Place, TimelineEvent } from "../../src/wire.js";

/** Where each event and each cause is drawn: a lane a topic, a row an event. */
export interface Graph {
  /** In the order of the lanes. */
  readonly topics: readonly string[];
  readonly dots: readonly {
    readonly name: string;
    readonly lane: number;
    readonly row: number;
    readonly kind: string;
  }[];
  readonly links: readonly {
    readonly from: string;
    readonly to: string;
    readonly fromLane: number;
    readonly fromRow: number;
    readonly toLane: number;
    readonly toRow: number;
  }[];
}

/** A topic's family, by which it is coloured: what stands before the dot. */
export const kindOf = (topic: string) => topic.split(".")[0] ?? topic;

/** Where an event lies on the log. */
export const addressOf = ({ topic, partition, offset }: Place) => `${topic}/${partition}@${offset}`;

/** @param events the latest first */
export function graphOf(events: readonly TimelineEvent[]): Graph {
  const topics = [...new Set(events.map(({ topic }) => topic))].sort();
  const lanes = new Map(topics.map((topic, lane) => [topic, lane]));
  const rows = new Map(events.map((event, row) => [addressOf(event), row]));
  const laneOf = ({ topic }: Place) => lanes.get(topic) ?? 0;
  return {
    topics,
    dots: events.map((event, row) => ({ name: addressOf(event), lane: laneOf(event), row, kind: kindOf(event.topic) })),
    links: events.flatMap((event, toRow) =>
      event.causes.flatMap((cause) => {
        const fromRow = rows.get(addressOf(cause));
        if (fromRow === undefined) return [];
        const ends = { from: addressOf(cause), to: addressOf(event) };
        return [{ ...ends, fromLane: laneOf(cause), fromRow, toLane: laneOf(event), toRow }];
      }),
    ),
  };
}
