import type { TopicAdmin } from "@keyline/kafka";
import type { Difference } from "./plan.js";

/** Applies differences but for refused ones. Rejects at the first failure: earlier changes stay. */
export async function applyPlan(
  admin: TopicAdmin,
  differences: readonly Difference[],
  done: (text: string) => void,
): Promise<void> {
  for (const difference of differences) {
    const { topic } = difference;
    if (difference.kind === "create") {
      const { partitions, replicas, config } = difference;
      const created = await admin.create({
        name: topic,
        partitions: partitions ?? -1,
        replicas: replicas ?? -1,
        config,
      });
      done(created ? `created ${topic}` : `${topic} exists: it was created meanwhile`);
    }
    if (difference.kind === "grow") {
      await admin.grow(topic, difference.to);
      done(`${topic} has ${difference.to} partitions`);
    }
  }
  const settings = differences.filter((difference) => difference.kind === "config");
  for (const [topic, own] of Map.groupBy(settings, ({ topic }) => topic)) {
    await admin.configure(topic, Object.fromEntries(own.map(({ name, to }) => [name, to])));
    done(`set ${own.map(({ name, to }) => `${name}=${to}`).join(", ")} on ${topic}`);
  }
}
