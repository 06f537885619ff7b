// A process of (l): a member of a group that says what it handles.
import { createKafkajsTransport } from "@keyline/kafkajs";
import { createConsumer } from "@student-events/consumer";
import type { MemberTask } from "./rebalance/members.js";
import { sessionTimeoutMs } from "./rebalance/members.js";

/** Prints a line of JSON for each event that is handled, until it is asked to end. */
export async function main([text = "{}"]: readonly string[]): Promise<number> {
  const { brokers, groupId, instanceId } = JSON.parse(text) as MemberTask;
  const transport = createKafkajsTransport({ brokers, sessionTimeoutMs });
  const consumer = createConsumer({
    ...{ transport, groupId },
    ...(instanceId === null ? {} : { instanceId }),
    on: {
      codeExecuted({ student_id }, { timeMs }) {
        process.stdout.write(`${JSON.stringify({ key: String(student_id), sentMs: timeMs, atMs: Date.now() })}\n`);
      },
    },
  });
  const asked = new AbortController();
  process.once("SIGTERM", () => asked.abort());
  await consumer.run({ signal: asked.signal });
  await transport.close();
  return 0;
}
