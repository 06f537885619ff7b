import { type LaneGroup, lanesOf } from "@keyline/runtime/transport";
import kafkajs from "kafkajs";
import { describe, expect, it } from "vitest";
import { assignAll, assignmentOf, membersOf, subscriptionOf, topicsOfAll } from "./assigner.js";

/** Reads and writes the same bytes, in the same group. */
const { AssignerProtocol } = kafkajs;

const counts = new Map([
  ["a", 4],
  ["b", 4],
  ["c", 4],
]);
const old: LaneGroup[] = [{ name: "d", topics: ["a", "b"] }];
const added: LaneGroup[] = [{ name: "d", topics: ["a", "b", "c"] }];
const joins = (groups: readonly LaneGroup[], memberId: string, lanes: readonly number[] = [], version = 1) => ({
  memberId,
  metadata: subscriptionOf({ groups, previous: lanes.map((lane) => ({ group: "d", lane })), version }),
});

/** What each member gets to read, through the bytes that Kafka carries. */
function share(members: readonly { groups: readonly LaneGroup[]; bytes: ReturnType<typeof joins> }[]) {
  const given = assignAll(membersOf(members.map(({ bytes }) => bytes)), counts);
  return new Map(
    members.map(({ groups, bytes }) => {
      const own = given.find(({ memberId }) => memberId === bytes.memberId);
      return [bytes.memberId, assignmentOf(own?.assignment ?? Buffer.alloc(0), groups)] as const;
    }),
  );
}

describe("sharing lanes through Kafka's group protocol", () => {
  it("a leader hears of topics that it does not read itself", () => {
    const members = membersOf([joins(old, "leader"), joins(added, "new")]);
    expect([...topicsOfAll(members)]).toEqual(["a", "b", "c"]);
  });

  it.each([
    ["old", "m-old", "m-new"],
    ["new", "m-new", "m-old"],
  ])(
    "while a deploy adds a topic, whole lanes go to the members that read it, with a leader of the %s version",
    (...[, first, second]) => {
      const all = {
        "m-old": { groups: old, bytes: joins(old, "m-old", [0, 1, 2, 3]) },
        "m-new": { groups: added, bytes: joins(added, "m-new") },
      };
      const got = share([all[first as "m-old"], all[second as "m-new"]]);
      expect(got.get("m-old")?.partitions).toEqual([]);
      expect(lanesOf(added, got.get("m-new")?.partitions ?? []).length).toBe(4);
      expect(got.get("m-new")?.partitions.length).toBe(12);
      expect(got.get("m-new")?.gaps).toEqual([]);
    },
  );

  it("where no member reads the whole lane every member is told what is not read", () => {
    const other: LaneGroup[] = [{ name: "d", topics: ["a", "c"] }];
    const got = share([
      { groups: old, bytes: joins(old, "one") },
      { groups: other, bytes: joins(other, "two") },
    ]);
    const gaps = [...got.values()].map((assigned) => assigned.gaps.length);
    expect(gaps).toEqual([4, 4]);
    const read = [...got.values()].flatMap(({ partitions }) => partitions).length;
    expect(read + 4).toBe(12);
  });

  it("no member gets a lane beyond those that keys are placed on, and all are told what was shared out", () => {
    const limited: LaneGroup[] = [{ name: "d", topics: ["a", "b"], partitions: 3 }];
    const got = share([
      { groups: limited, bytes: joins(limited, "new") },
      { groups: old, bytes: joins(old, "old") },
    ]);
    const lanes = [...got.values()].flatMap(({ partitions }) => lanesOf(old, partitions).map(({ lane }) => lane));
    expect(lanes.sort()).toEqual([0, 1, 2]);
    expect(got.get("old")?.counts).toEqual({ a: 4, b: 4, c: 4 });
  });

  it("lanes stay with their last owner, the later generation first", () => {
    const got = share([
      { groups: old, bytes: joins(old, "one", [0, 1, 2], 3) },
      { groups: old, bytes: joins(old, "two", [2, 3], 4) },
    ]);
    expect(lanesOf(old, got.get("one")?.partitions ?? []).map(({ lane }) => lane)).toEqual([0, 1]);
    expect(lanesOf(old, got.get("two")?.partitions ?? []).map(({ lane }) => lane)).toEqual([2, 3]);
  });

  it.each([
    Buffer.alloc(0),
    Buffer.from("no JSON"),
    Buffer.from('{"groups":[{"name":1}],"previous":3}'),
    Buffer.from('{"groups":[{"name":"d","topics":["a"],"partitions":"many"}]}'),
    Buffer.from("null"),
  ])("of a member that says %s its topics are taken alone", (userData) => {
    const metadata = AssignerProtocol.MemberMetadata.encode({ version: 1, topics: ["a"], userData });
    expect(membersOf([{ memberId: "m", metadata }])).toEqual([
      { memberId: "m", groups: [{ name: "topic:a", topics: ["a"] }], previous: [], version: 0 },
    ]);
  });

  it("a member that gets nothing, and one of a foreign topic, reads nothing", () => {
    expect(assignmentOf(Buffer.alloc(0), old)).toEqual({ partitions: [], gaps: [], counts: {} });
    const foreign = AssignerProtocol.MemberAssignment.encode({
      version: 1,
      assignment: { z: [0] },
      userData: Buffer.alloc(0),
    });
    expect(assignmentOf(foreign, old).partitions).toEqual([]);
  });
});
