import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { classroomEvents, type PlannedEvent } from "@student-events/classroom";
import { topics } from "@student-events/events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReplayReport } from "../src/replay/replay-recording.js";
import { expectedAlerts } from "../src/verify/expected-alerts.js";
import { expectedProgress } from "../src/verify/expected-progress.js";
import type { RecordedEvent } from "../src/verify/recorded.js";
import { runCommand } from "./command.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "replay-"));
});
afterAll(() => rm(folder, { recursive: true }));

const correlation_id = "0b0c3f6e-1111-4222-8333-444455556666";

function recorded({ topic, payload, studentId, timeMs, correlationId }: PlannedEvent): RecordedEvent {
  const { address } = topics[topic];
  const timestamp = new Date(timeMs).toISOString();
  const envelope = { correlation_id: correlationId, student_id: studentId, event_type: address, timestamp };
  return { topic: address, value: { ...envelope, payload: payload as RecordedEvent["value"]["payload"] } };
}

function classOf(students: number, count: number): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const event of classroomEvents({ students, seed: 3, firstDayMs: Date.UTC(2026, 8, 7) })) {
    events.push(recorded(event));
    if (events.length === count) break;
  }
  return events;
}

async function replay(content: string): Promise<ReplayReport> {
  const path = join(folder, "recording.jsonl");
  await writeFile(path, content);
  const { exitCode, stdout, stderr } = await runCommand(["replay", path]);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  return JSON.parse(stdout);
}

const linesOf = (events: readonly object[]) => events.map((event) => JSON.stringify(event)).join("\n");

const question = (event: object = {}, payload: object = {}) => ({
  topic: "learning.query",
  value: {
    correlation_id,
    student_id: 7,
    event_type: "learning.query",
    timestamp: "2026-11-23T08:00:00.000Z",
    payload: { query: "Why?", ...payload },
    ...event,
  },
});

describe("a replay", { timeout: 90_000 }, () => {
  it("ends with what the domain says, in any interleaving of students", async () => {
    const events = classOf(120, 4000);
    const byStudent = [...events].sort((a, b) => a.value.student_id - b.value.student_id);
    const rows = expectedProgress(events).rows;
    const alerts = expectedAlerts(events).map(({ atMs, ...alert }) => ({ ...alert, at: new Date(atMs).toISOString() }));
    expect(alerts.length).toBeGreaterThan(50);
    const report = await replay(linesOf(events));
    expect(new Set(report.progress.map((row) => JSON.stringify(row, Object.keys(row).sort())))).toEqual(
      new Set(rows.map((row) => JSON.stringify(row, Object.keys(row).sort()))),
    );
    expect(report.progress).toHaveLength(rows.length);
    expect(report.alerts).toHaveLength(alerts.length);
    expect(report.alerts).toEqual(expect.arrayContaining(alerts));
    expect(report.rejected).toEqual([]);
    expect(await replay(linesOf(byStudent))).toEqual(report);
  });

  it("ignores what was sent twice, and fires no deadline by the clock", async () => {
    const event_id = "7d3c9a52-2f0b-4a8e-9d52-0c9f5f4f7a11";
    const payload = { submission_id: correlation_id, module: "oop", exercise_id: 1, success: false };
    const run = question({ event_id, event_type: "code.executed", payload: { ...payload, execution_time_ms: 1 } });
    const twice = { ...run, topic: "code.executed" };
    const report = await replay(linesOf([twice, twice, twice, twice, twice]));
    expect(report.alerts).toEqual([]);
    expect(report.progress).toHaveLength(1);
  });

  it("rejects lines that are no events of the contract, and goes on behind them", async () => {
    const lines = [
      "\ufeff",
      "{",
      "",
      JSON.stringify({ topic: "constructor", value: {} }),
      JSON.stringify({ topic: "close", value: {} }),
      JSON.stringify({ topic: "learning.query", value: null }),
      JSON.stringify(question({ event_type: "learning.quiz" })),
      ...[0, -1, 1.5, "42", 2 ** 53].map((student_id) => JSON.stringify(question({ student_id }))),
      JSON.stringify(question({ timestamp: "2026-11-23T08:00:00+02:00" })),
      JSON.stringify(question({ extra: 1 })),
      `${JSON.stringify(question({}, { query: "I'm stuck" }))}\r`,
      JSON.stringify(question({ timestamp: "9999-12-31T23:59:59.999Z" }, { query: "I'm stuck" })),
      JSON.stringify(question({ timestamp: "1970-01-01T00:00:00Z" }, { query: "I'm stuck" })),
    ];
    const report = await replay(lines.join("\n"));
    expect(report.rejected.map(({ line, code }) => `${line} ${code}`)).toEqual([
      "2 record_not_json",
      "4 topic_unknown",
      "5 topic_unknown",
      "6 record_null",
      ...[7, 8, 9, 10, 11, 12, 13].map((line) => `${line} payload_invalid`),
      "14 payload_undeclared",
    ]);
    expect(report.alerts.map(({ at }) => at)).toEqual([
      "1970-01-01T00:00:00.000Z",
      "2026-11-23T08:00:00.000Z",
      "9999-12-31T23:59:59.999Z",
    ]);
  });

  it("takes what the apps publish as any event", async () => {
    const payload = { alert_id: correlation_id, trigger_type: "quiz_fail", severity: "low", trigger_data: {} };
    const alert = { ...question({ event_type: "struggle.detected", payload }), topic: "struggle.detected" };
    expect(await replay(linesOf([alert]))).toEqual({ progress: [], alerts: [], rejected: [] });
  });

  it("prints empty lists for an empty file", async () => {
    expect(await replay("")).toEqual({ progress: [], alerts: [], rejected: [] });
  });

  it.each([
    ["a file that is not there", "missing.jsonl", "there is no such file"],
    ["a folder", ".", "it is a directory"],
  ])("exits with 1 for %s", async (_, name, message) => {
    const { exitCode, stdout, stderr } = await runCommand(["replay", join(folder, name)]);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
    expect(exitCode).toBe(1);
  });

  it("exits with 2 without a file", async () => {
    const { exitCode, stderr } = await runCommand(["replay"]);
    expect(stderr).toContain("usage: npm run -s replay");
    expect(exitCode).toBe(2);
  });
});
