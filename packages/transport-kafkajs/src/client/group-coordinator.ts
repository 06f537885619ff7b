import type { KafkaBroker, KafkaCluster } from "./protocol.js";

/**
 * The broker that coordinates a group. kafkajs asks one broker after the other and forgets why none told, so that a user
 * without rights to the group would look like a cluster that cannot be reached: then one is asked again, for its reason.
 */
export async function groupCoordinator(cluster: KafkaCluster, groupId: string): Promise<KafkaBroker> {
  try {
    return await cluster.findGroupCoordinator({ groupId });
  } catch (caught) {
    if (caught instanceof Error && caught.name === "KafkaJSGroupCoordinatorNotFound") {
      const broker = await cluster.findControllerBroker();
      await broker.findGroupCoordinator({ groupId, coordinatorType: ofGroups });
    }
    throw caught;
  }
}

const ofGroups = 0;
