import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A copy of the teacher's app, in a process of its own. */
export interface TeacherCopy {
  readonly url: string;
  readonly health: string;
  /** Ends it as an operator would. Resolves with its exit code. */
  stop(): Promise<number | null>;
}

const main = fileURLToPath(new URL("../../teacher/dist/main.js", import.meta.url));

/** Starts a copy as it was built. Rejects with what it said when it does not come up. */
export async function startTeacherApp(environment: NodeJS.ProcessEnv): Promise<TeacherCopy> {
  const child = spawn(process.execPath, [main], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...environment },
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  let said = "";
  const found = new Promise<Pick<TeacherCopy, "url" | "health">>((resolve, reject) => {
    child.stderr.on("data", (text) => {
      said += text;
      const url = /page is on (\S+)/.exec(said)?.[1];
      const health = /health and metrics at (\S+):/.exec(said)?.[1];
      if (url && health) resolve({ url, health });
    });
    child.on("close", () => reject(new Error(`the teacher's app ended: ${said}`)));
  });
  return {
    ...(await found),
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

interface Alert {
  readonly id: string;
  readonly seen: { readonly byYou: boolean } | null;
}

interface Student {
  readonly ref: string;
  readonly alerts: readonly Alert[];
}

/** A reader of the page's events, as a browser is one. */
export interface Reader {
  students(): readonly Student[];
  close(): void;
}

/** Reads the events of a page; resolves once the class is there. */
export async function readPage(url: string): Promise<Reader> {
  const stop = new AbortController();
  const students = new Map<string, Student>();
  const { body } = await fetch(`${url}/api/events`, { signal: stop.signal });
  const { promise: loaded, resolve } = Promise.withResolvers<void>();
  const read = async () => {
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of body ?? []) {
      const messages = (text + decoder.decode(chunk, { stream: true })).split("\n\n");
      text = messages.pop() ?? "";
      for (const message of messages) {
        const data = /^data: (.*)$/m.exec(message)?.[1];
        if (data === undefined || message.startsWith("event: status")) continue;
        for (const student of (JSON.parse(data) as { students: Student[] }).students)
          students.set(student.ref, student);
        resolve();
      }
    }
  };
  read().catch(() => undefined);
  await loaded;
  return { students: () => [...students.values()], close: () => stop.abort() };
}
