import { describe, expect, it } from "vitest";
import { findLeaders, type HeardEpochs } from "./leaders.js";

const partition = { topic: "a", partition: 0 };
const metadata = (leader: number, leaderEpoch: number, id = "first") => [
  {
    topic: "a",
    error: null,
    id,
    rights: 0,
    partitions: [{ partition: 0, leader, leaderEpoch, replicas: 1, inSync: 1 }],
  },
];

describe("the leaders of partitions", () => {
  it("go with their epoch, and metadata of an older one is not believed", () => {
    const heard: HeardEpochs = new Map();
    expect(findLeaders([partition], metadata(1, 5), heard)).toEqual([{ ...partition, nodeId: "1", leaderEpoch: 5 }]);
    expect(findLeaders([partition], metadata(2, 6), heard)).toMatchObject([{ nodeId: "2" }]);
    expect(() => findLeaders([partition], metadata(1, 5), heard)).toThrow(
      expect.objectContaining({ code: "transport_unavailable", retryable: true }),
    );
    expect(findLeaders([partition], metadata(2, 6), heard)).toMatchObject([{ leaderEpoch: 6 }]);
  });

  it("of a recreated topic begin at 0 again", () => {
    const heard: HeardEpochs = new Map();
    findLeaders([partition], metadata(1, 5), heard);
    expect(findLeaders([partition], metadata(1, 0, "second"), heard)).toMatchObject([{ leaderEpoch: 0 }]);
  });

  it("are waited for while there is none, and a topic that is not there is said", () => {
    expect(() => findLeaders([partition], metadata(-1, 5), new Map())).toThrow("no broker leads a/0 now");
    expect(() => findLeaders([{ ...partition, partition: 1 }], metadata(1, 5), new Map())).toThrow(
      "no broker leads a/1",
    );
    const error = Object.assign(new Error("gone"), { type: "UNKNOWN_TOPIC_OR_PARTITION" });
    const [topic] = metadata(1, 5);
    expect(() => findLeaders([partition], topic ? [{ ...topic, error }] : [], new Map())).toThrow(error);
  });
});
