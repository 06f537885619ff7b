import type { Harness } from "../harness.js";
import { createConsumer, type OrderTopicName } from "../kit/orders.js";
import { createRecorder } from "../kit/recorder.js";
import { openWorld, type World } from "../kit/world.js";

/** A world whose members say which lanes they have. */
export async function openSchool(harness: Harness, seed = 1) {
  const opened: World = await openWorld(harness, { seed });
  const recorder = createRecorder();
  const owners = new Map<number, string>();
  const overlapping: string[] = [];
  const moves: string[] = [];
  const join = async (who: string, names: readonly OrderTopicName[], instanceId?: string) => {
    const process = opened.process();
    const consumer = createConsumer({
      transport: process.transport,
      groupId: "school",
      ...(instanceId === undefined ? {} : { instanceId }),
      // A handler spans some turns, so that rebalances find handlers under way.
      on: recorder.on(names, who, async () => {
        for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }),
      hooks: {
        laneTaken: ({ lane }) => {
          const other = owners.get(lane);
          if (other !== undefined && other !== who) overlapping.push(`lane ${lane}: ${who} took it from ${other}`);
          owners.set(lane, who);
          moves.push(`${who} took ${lane}`);
        },
        laneLost({ lane }) {
          if (owners.get(lane) === who) owners.delete(lane);
          moves.push(`${who} lost ${lane}`);
        },
      },
    });
    await opened.start(consumer);
    return { ...consumer, process };
  };
  return { world: { ...opened, recorder }, join, owners, overlapping, moves };
}
