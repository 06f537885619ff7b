import { whyNoKafka } from "./start-kafka.ts";

/**
 * For tests that need Kafka: whether they can run. Where it cannot be had they say so in one line and are skipped,
 * but with CI=true this throws: there a test that did not run counts as one that fails.
 */
export async function canRunKafka(): Promise<boolean> {
  const missing = await whyNoKafka();
  if (missing === null) return true;
  if (process.env.CI === "true") throw new Error(missing);
  console.warn(`Tests on Apache Kafka are skipped: ${missing}`);
  return false;
}
