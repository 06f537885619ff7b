import type { Ids, Timeline } from "../../src/wire.js";

/** Reads a student's events. Rejects where they cannot be read now. */
export function readTimeline(ref: string, signal: AbortSignal): Promise<Timeline> {
  return ask<Timeline>(`/api/students/${encodeURIComponent(ref)}/timeline`, { signal });
}

/** Each student's id by its ref. */
export function readIds(): Promise<Ids> {
  return ask<Ids>("/api/ids", {});
}

/** Says that alerts were seen; resolves once the log has it. */
export async function sendSeen(alerts: readonly string[]): Promise<void> {
  await ask<unknown>("/api/seen", {
    method: "POST",
    // Also when the page is being left.
    keepalive: true,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ alerts }),
  });
}

async function ask<Answer>(url: string, init: RequestInit): Promise<Answer> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  // The server of this page wrote it.
  return (await answer.json()) as Answer;
}
