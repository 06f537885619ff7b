import type { Transport } from "@keyline/runtime";
import type { Random } from "@keyline/runtime/testing";
import { createProducer } from "@student-events/producer";

/** How many events are on their way at once. */
const inFlight = 4000;

/** Writes good events by the SDK, in chains of a submission and its run: what it writes has nothing wrong with it. */
export async function writeBySdk(
  transport: Transport,
  events: number,
  students: number,
  random: Random,
): Promise<void> {
  const producer = createProducer({ transport, source: "sdk" });
  const chain = async (student_id: number) => {
    const work = { submission_id: random.uuid(), module: "oop" } as const;
    const submitted = await producer.codeSubmitted({ student_id, payload: { ...work, code: "print(1)" } });
    await producer.codeExecuted(
      { student_id, payload: { ...work, success: true, execution_time_ms: 3 } },
      { after: submitted },
    );
  };
  for (let left = Math.floor(events / 2); left > 0; left -= inFlight) {
    const some = Math.min(left, inFlight);
    await Promise.all(Array.from({ length: some }, () => chain(1 + random.below(students))));
  }
  await producer.close();
}
