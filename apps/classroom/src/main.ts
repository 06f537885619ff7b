import { KeylineError } from "@keyline/runtime";
import { connect, connectedSettings, runApp } from "@student-events/platform";
import { createProducer } from "@student-events/producer";
import { z } from "zod";
import { classroomEvents } from "./classroom.js";
import { createClassroomClock } from "./clock.js";
import { play } from "./play.js";

const settings = connectedSettings({
  FIRST_STUDENT: z.coerce
    .number()
    .int()
    .min(1)
    .default(1)
    .describe("the first student's id; give each copy its own students, or their events have no order (default: 1)"),
  STUDENTS: z.coerce.number().int().min(1).default(40).describe("how many students (default 40)"),
  RATE: z.coerce.number().positive().default(20).describe("events per second (default 20)"),
  SECONDS: z.coerce
    .number()
    .positive()
    .optional()
    .describe("how long the class goes on; without it until it is stopped"),
  SEED: z.coerce.number().int().min(0).default(1).describe("another class (default 1)"),
});

process.exitCode = await runApp({
  name: "classroom",
  about: "Simulates a class of students and publishes what they do.",
  settings,
  async start({ FIRST_STUDENT, STUDENTS, RATE, SECONDS, SEED, ...connection }) {
    const today = new Date();
    const firstDayMs = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate());
    const transport = connect(connection, "classroom", (line) => process.stderr.write(line));
    const producer = createProducer({ transport, source: "classroom" });
    const stop = new AbortController();
    // Invariant: `told` holds each code whose failure was written to the log: one line for each.
    const told = new Set<string>();
    const played = play({
      producer,
      events: classroomEvents({ firstStudent: FIRST_STUDENT, students: STUDENTS, seed: SEED, firstDayMs }),
      clock: createClassroomClock(firstDayMs),
      rate: RATE,
      seconds: SECONDS ?? Number.POSITIVE_INFINITY,
      signal: stop.signal,
      failed(_, caught) {
        const { code, message } = KeylineError.from(caught, "outcome_unknown", "cannot publish an event");
        if (!told.has(code)) process.stderr.write(`classroom: ${message}\n`);
        told.add(code);
      },
    });
    return {
      atWork: () => transport.clusterId(),
      async run() {
        const { published, failed } = await played;
        process.stderr.write(`published ${published} events, ${failed} failed\n`);
        if (failed > 0) throw new Error(`${failed} of ${published + failed} events were not published`);
      },
      async close() {
        stop.abort();
        await played;
        await producer.close();
        await transport.close();
      },
    };
  },
});
