import { isKeylineError, type Transport } from "@keyline/runtime";
import { topics } from "@student-events/events";
import { createProducer } from "@student-events/producer";
import { linesOf } from "./lines.js";
import { isRefusal, parseLine, type RecordedLine } from "./parse-line.js";

/** A line that is not a valid event of the contract. */
export interface RejectedLine {
  /** Counts from 1, blank lines too. */
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

/** After so many events the reader waits until they are acknowledged; the producer keeps each student's in order by itself. */
const mostUnderWay = 5000;

const namesByAddress = new Map(Object.entries(topics).map(([name, { address }]) => [address, name]));

/** Publishes a recording through the generated producer. Resolves with what was rejected, when all is acknowledged. */
export async function publishRecording(path: string, transport: Transport): Promise<readonly RejectedLine[]> {
  const producer = createProducer({ transport, source: "replay", rememberKeys: Number.MAX_SAFE_INTEGER });
  // A line's topic is known only now: the compiler cannot tell which sender it is for, the schema does.
  const senders = producer as unknown as { readonly [name: string]: (value: unknown) => Promise<unknown> };
  const rejected: RejectedLine[] = [];
  let underWay: Promise<void>[] = [];

  const publish = async (line: number, { topic, value }: RecordedLine) => {
    const sender = senders[namesByAddress.get(topic) ?? ""];
    if (!sender)
      return void rejected.push({ line, code: "topic_unknown", message: `the contract has no topic ${topic}` });
    try {
      await sender(value);
    } catch (caught) {
      if (!isKeylineError(caught)) throw caught;
      rejected.push({ line, code: caught.code, message: caught.rawMessage });
    }
  };

  let line = 0;
  for await (const bytes of linesOf(path)) {
    line += 1;
    const parsed = parseLine(bytes);
    if (parsed === null) continue;
    if (isRefusal(parsed)) {
      rejected.push({ line, ...parsed });
      continue;
    }
    underWay.push(publish(line, parsed));
    if (underWay.length < mostUnderWay) continue;
    await Promise.all(underWay);
    underWay = [];
  }
  await Promise.all(underWay);
  await producer.close();
  return rejected.sort((a, b) => a.line - b.line);
}
