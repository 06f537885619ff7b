import { expect, it } from "vitest";
import type { Cluster } from "../client/cluster.js";
import type { Settings } from "../client/options.js";
import type { OwnRequest } from "../wire/request.js";
import type { Coordinator } from "./coordinator.js";
import { join, type MemberState } from "./join.js";

const answerOf = (type: string) => Object.assign(new Error(type), { type });

const groupId = "g";

/** The name in a request to join: behind the group's id and two times. */
function memberIdIn({ encode }: OwnRequest<unknown>): string {
  const bytes = Buffer.concat(encode());
  const start = 2 + groupId.length + 4 + 4;
  return bytes.toString("utf8", start + 2, start + 2 + bytes.readInt16BE(start));
}

/**
 * A coordinator as Kafka has it, for one instance id: a name that it gives is in its log once the generation is shared out,
 * and whatever takes over reads the log.
 */
function coordinatorOf(inLog: string, syncs: readonly ("answered" | "taken over")[]) {
  let known = inLog;
  let kept = inLog;
  let names = 0;
  const left = [...syncs];
  const answers = {
    JoinGroup(request: OwnRequest<unknown>) {
      const memberId = memberIdIn(request);
      if (memberId !== "" && memberId !== known) throw answerOf("FENCED_INSTANCE_ID");
      if (memberId === "") {
        names += 1;
        known = `name-${names}`;
      }
      return { memberId: known, generation: 7 + names, leaderId: "another", members: [] };
    },
    SyncGroup() {
      if (left.shift() === "taken over") {
        known = kept;
        throw answerOf("NOT_COORDINATOR_FOR_GROUP");
      }
      kept = known;
      return { assignment: Buffer.alloc(0) };
    },
  };
  const ask = async (request: OwnRequest<unknown>) => answers[request.apiName as keyof typeof answers](request);
  return { coordinator: { ask } as unknown as Coordinator, inLog: () => kept };
}

function joining(coordinator: Coordinator, instanceId: string | null, memberId = "") {
  const member: MemberState = { memberId, isKept: memberId !== "", previous: [], version: 0, counts: {} };
  return join({
    ...{ coordinator, instanceId, member, groupId, groups: [], announces: [] },
    cluster: {} as Cluster,
    settings: { sessionTimeoutMs: 6000, rebalanceTimeoutMs: 6000 } as Settings,
    signal: new AbortController().signal,
  });
}

it("a static member is not fenced by a name which no coordinator kept", async () => {
  const { coordinator, inLog } = coordinatorOf("of-before", ["taken over", "taken over", "answered"]);
  expect(await joining(coordinator, "copy-1")).toMatchObject({ memberId: "name-3" });
  expect(inLog()).toBe("name-3");
});

it("one that was in a generation keeps its name, and is fenced where another process has its place", async () => {
  const same = coordinatorOf("mine", ["taken over", "answered"]);
  expect(await joining(same.coordinator, "copy-1", "mine")).toMatchObject({ memberId: "mine" });
  const replaced = coordinatorOf("of-another", []);
  await expect(joining(replaced.coordinator, "copy-1", "mine")).rejects.toMatchObject({ code: "instance_fenced" });
});
