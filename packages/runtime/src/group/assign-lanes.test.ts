import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TopicPartition } from "../ports/transport.js";
import { assignLanes, type LaneAssignment, type LaneMember } from "./assign-lanes.js";

const students = (topics: readonly string[]) => [{ name: "students", topics }];
const member = (
  memberId: string,
  topics: readonly string[] = ["a", "b"],
  lanes: readonly number[] = [],
): LaneMember => ({
  memberId,
  groups: students(topics),
  previous: lanes.map((lane) => ({ group: "students", lane })),
});
const counts = (lanes: number, topics: readonly string[] = ["a", "b"]) =>
  new Map(topics.map((topic) => [topic, lanes]));
const lanesOf = (result: LaneAssignment, memberId: string) => [
  ...new Set(result.assignment.get(memberId)?.map(({ partition }) => partition)),
];
const name = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;
/** The members as they would come back for the next assignment. */
const settled = (members: readonly LaneMember[], result: LaneAssignment) =>
  members.map((one) => ({
    ...one,
    previous: lanesOf(result, one.memberId).map((lane) => ({ group: "students", lane })),
  }));

const memberIds = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 9 });
const laneCounts = fc.integer({ min: 1, max: 40 });

describe("members that read the same topics", () => {
  it("own whole lanes, each lane once, differing by one at most, whatever the order of the members", () => {
    fc.assert(
      fc.property(memberIds, laneCounts, fc.array(fc.nat(60)), (ids, laneCount, claims) => {
        const members = ids.map((id, index) =>
          member(
            id,
            ["a", "b"],
            claims.filter((_, at) => at % ids.length === index),
          ),
        );
        const result = assignLanes({ members, partitionCounts: counts(laneCount) });
        const owned = [...result.assignment.values()].flat().map(name);
        expect(new Set(owned).size).toBe(laneCount * 2);
        expect(owned).toHaveLength(laneCount * 2);
        expect(result.gaps).toEqual([]);
        const sizes = ids.map((id) => {
          const partitions = result.assignment.get(id) ?? [];
          expect(partitions).toHaveLength(lanesOf(result, id).length * 2);
          return partitions.length / 2;
        });
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(assignLanes({ members: [...members].reverse(), partitionCounts: counts(laneCount) })).toEqual(result);
      }),
    );
  });

  it("keep what they have when nothing changes", () => {
    fc.assert(
      fc.property(memberIds, laneCounts, (ids, laneCount) => {
        const members = ids.map((id) => member(id));
        const first = assignLanes({ members, partitionCounts: counts(laneCount) });
        expect(assignLanes({ members: settled(members, first), partitionCounts: counts(laneCount) })).toEqual(first);
      }),
    );
  });

  it("keep all their lanes when another leaves", () => {
    fc.assert(
      fc.property(memberIds, laneCounts, fc.nat(), (ids, laneCount, pick) => {
        fc.pre(ids.length > 1);
        const members = ids.map((id) => member(id));
        const before = assignLanes({ members, partitionCounts: counts(laneCount) });
        const stay = settled(members, before).filter((_, index) => index !== pick % ids.length);
        const after = assignLanes({ members: stay, partitionCounts: counts(laneCount) });
        for (const { memberId } of stay) {
          expect(lanesOf(after, memberId)).toEqual(expect.arrayContaining(lanesOf(before, memberId)));
        }
      }),
    );
  });

  it("give a newcomer its share and exchange nothing else", () => {
    fc.assert(
      fc.property(memberIds, laneCounts, (ids, laneCount) => {
        const members = ids.map((id) => member(id));
        const before = assignLanes({ members, partitionCounts: counts(laneCount) });
        const after = assignLanes({
          members: [...settled(members, before), member("newcomer")],
          partitionCounts: counts(laneCount),
        });
        for (const id of ids) expect(lanesOf(before, id)).toEqual(expect.arrayContaining(lanesOf(after, id)));
        expect(lanesOf(after, "newcomer")).toHaveLength(Math.floor(laneCount / (ids.length + 1)));
      }),
    );
  });

  it("of which two claim a lane leave it to the one of the later generation", () => {
    const stale = { ...member("a", ["a"], [0, 1]), version: 3 };
    const owner = { ...member("b", ["a"], [0, 1]), version: 4 };
    const result = assignLanes({ members: [stale, owner], partitionCounts: counts(3, ["a"]) });
    expect(lanesOf(result, "b")).toEqual([0, 1]);
    expect(lanesOf(result, "a")).toEqual([2]);
  });
});

describe("a rolling restart", () => {
  it("that adds a topic gives lanes to members that read it, as soon as there is one", () => {
    const old = [member("a", ["a"], [0, 1]), member("b", ["a"], [2, 3])];
    const result = assignLanes({
      members: [...old.slice(1), member("c", ["a", "new"])],
      partitionCounts: counts(4, ["a", "new"]),
    });
    expect(lanesOf(result, "c")).toEqual([0, 1, 2, 3]);
    expect(result.assignment.get("b")).toEqual([]);
    expect(result.gaps).toEqual([]);
  });

  it("that adds one topic and removes another reports the gap and splits no lane", () => {
    const result = assignLanes({
      members: [member("a", ["a", "old"]), member("b", ["a", "new"])],
      partitionCounts: counts(2, ["a", "old", "new"]),
    });
    expect(result.assignment.get("a")?.map(name)).toEqual(["a/0", "old/0"]);
    expect(result.assignment.get("b")?.map(name)).toEqual(["a/1", "new/1"]);
    expect(result.gaps.map(name)).toEqual(["new/0", "old/1"]);
  });

  it("never splits a lane, owns a partition twice or loses one unreported", () => {
    const topics = ["a", "b", "c", "d"];
    const subscription = fc.subarray(topics, { minLength: 1 });
    const subscriptions = fc.array(subscription, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(subscriptions, fc.integer({ min: 1, max: 12 }), fc.array(fc.nat(12)), (reads, laneCount, claims) => {
        const members = reads.map((some, index) => member(`m${index}`, some, claims));
        const result = assignLanes({ members, partitionCounts: counts(laneCount, topics) });
        const union = new Set(reads.flat());
        const all = [...[...result.assignment.values()].flat(), ...result.gaps].map(name);
        expect(new Set(all).size).toBe(union.size * laneCount);
        expect(all).toHaveLength(union.size * laneCount);
        for (let lane = 0; lane < laneCount; lane += 1) {
          const owners = members.filter(({ memberId }) => lanesOf(result, memberId).includes(lane));
          expect(owners).toHaveLength(1);
        }
        const most = Math.max(...reads.map((some) => some.length));
        for (const [memberId, partitions] of result.assignment) {
          const reading = reads[Number(memberId.slice(1))] ?? [];
          expect(partitions.every(({ topic }) => reading.includes(topic))).toBe(true);
          if (partitions.length > 0) expect(reading).toHaveLength(most);
        }
      }),
    );
  });

  it("that moves a topic to another domain leaves each partition to one member", () => {
    const result = assignLanes({
      members: [
        { memberId: "a", groups: [{ name: "x", topics: ["t", "u"] }], previous: [] },
        { memberId: "b", groups: [{ name: "y", topics: ["t", "u"] }], previous: [] },
      ],
      partitionCounts: counts(4, ["t", "u"]),
    });
    const owned = [...result.assignment.values()].flat().map(name);
    expect(owned).toHaveLength(8);
    expect(new Set(owned).size).toBe(8);
  });
});

describe("several groups", () => {
  const groups = ["p", "q", "r"].map((topic) => ({ name: topic, topics: [topic] }));
  const members = ["a", "b", "c"].map((memberId) => ({ memberId, groups, previous: [] }));

  it("are balanced together", () => {
    const result = assignLanes({ members, partitionCounts: counts(1, ["p", "q", "r"]) });
    expect([...result.assignment.values()].map((partitions) => partitions.length)).toEqual([1, 1, 1]);
  });

  it("leave a topic that does not exist alone", () => {
    const result = assignLanes({ members, partitionCounts: counts(3, ["p"]) });
    expect([...result.assignment.values()].map((partitions) => partitions.map(name))).toEqual([
      ["p/0"],
      ["p/1"],
      ["p/2"],
    ]);
  });
});

it("a group of no members owns nothing", () => {
  expect(assignLanes({ members: [], partitionCounts: counts(3) })).toEqual({ assignment: new Map(), gaps: [] });
});
