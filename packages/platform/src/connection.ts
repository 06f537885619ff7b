import {
  connectionWarning,
  createTransport,
  type Environment,
  type KafkaClient,
  kafkaClientFrom,
  kafkaOptionsFrom,
  kafkaVariables,
} from "@keyline/kafka";
import { kafkajsClient } from "@keyline/kafkajs";
import { platformaticClient } from "@keyline/platformatic";
import { isKeylineError, type Transport } from "@keyline/runtime";
import { harmless } from "@keyline/runtime/tools";
import { z } from "zod";
import { createEmbeddedCluster } from "./cluster.js";

const optional = z.string().optional();

const kafkaFields = Object.fromEntries(
  Object.entries(kafkaVariables).map(([name, about]) => [name, optional.describe(about)]),
) as { readonly [Name in keyof typeof kafkaVariables]: typeof optional };

/** The settings of every app, and of each its own: where the cluster is. */
export function connectedSettings<Shape extends z.ZodRawShape>(shape: Shape) {
  const embedded = optional.describe(`${kafkaVariables.KAFKA_BROKERS}; without it a cluster in this process`);
  const shutdown = z.coerce.number().positive().default(25);
  const SHUTDOWN_SECONDS = shutdown.describe("the longest time for a clean shutdown (default: 25)");
  return z
    .object({ ...kafkaFields, KAFKA_BROKERS: embedded, SHUTDOWN_SECONDS, ...shape })
    .superRefine((given, context) => {
      try {
        kafkaOptionsFrom(given as Readonly<Record<string, string | undefined>>);
      } catch (caught) {
        if (!isKeylineError(caught)) throw caught;
        context.addIssue({ code: "custom", path: ["KAFKA"], message: caught.message });
      }
    });
}

const clients = { kafkajs: kafkajsClient, platformatic: platformaticClient };

/** The client library that `KAFKA_CLIENT` names. */
export const kafkaClient = (environment: Environment): KafkaClient => clients[kafkaClientFrom(environment)];

/**
 * Connects to the cluster that the settings name, or to one in this process: alone with itself, gone when it ends. Says so
 * where the cluster does not answer soon: what uses it waits for half a minute before it says why.
 */
export function connect(
  settings: Readonly<Record<string, unknown>>,
  clientId: string,
  say: (line: string) => void,
): Transport {
  const given = settings as Readonly<Record<string, string | undefined>>;
  const options = kafkaOptionsFrom(given);
  const warning = options && connectionWarning(options);
  if (warning) say(`warning: ${warning}\n`);
  if (options === null) return createEmbeddedCluster().transport();
  const transport = createTransport(kafkaClient(given), { ...options, clientId });
  const brokers = harmless(options.brokers.join(", "));
  const late = setTimeout(
    () =>
      say(`${clientId}: no answer from Kafka at ${brokers} yet; "keyline doctor --brokers" says what it finds there\n`),
    noticedAfterMs,
  ).unref();
  void transport.clusterId().then(
    () => clearTimeout(late),
    () => clearTimeout(late),
  );
  return transport;
}

/** Longer than an answer takes on a busy machine. */
const noticedAfterMs = 2000;
