import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createFeed } from "../feed/feed.js";
import type { WireStudent } from "../wire.js";
import { createEventStreams } from "./events.js";
import { createOrigins } from "./origins.js";
import { pageFileNames } from "./page-files.js";
import { createRoutes } from "./routes.js";
import { createSessions } from "./sessions.js";

const page = new Map(pageFileNames.map((name) => [name, Buffer.from(`the content of ${name}`)]));
const own = "http://127.0.0.1:4000";

function server({ token, publicUrl }: { readonly token?: string; readonly publicUrl?: string } = {}) {
  const seen: string[] = [];
  const feed = createFeed<WireStudent>(({ ref }) => ref);
  const student = (ref: string): WireStudent => ({ ref, pseudonym: ref, mastery: [], alerts: [] });
  const streams = createEventStreams({
    feed,
    snapshot: () => ({ modules: [], students: [student("all")] }),
    status: async () => ({ nowMs: 0, apps: [] }),
  });
  const routes = createRoutes({
    page,
    streams,
    sessions: createSessions(token),
    isSecure: publicUrl?.startsWith("https:") ?? false,
    origins: () => createOrigins({ host: "127.0.0.1", port: 4000 }, publicUrl),
    addressOf: () => "10.0.0.1",
    actions: {
      ids: () => ({ ref: "42" }),
      timeline: async () => undefined,
      async seen(alerts) {
        seen.push(...alerts);
        return alerts.length;
      },
    },
  });
  const ask = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
    routes.request(`${own}${path}`, { ...init, headers: { host: "127.0.0.1:4000", ...init.headers } });
  const press = (headers: Record<string, string>, body: unknown = { alerts: [randomUUID()] }) =>
    ask("/api/seen", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  return { ask, press, seen, feed, student, streams };
}

describe("Seen", () => {
  it("is taken from the page itself", async () => {
    const { press, seen } = server();
    expect((await press({ origin: own })).status).toBe(200);
    expect(seen).toHaveLength(1);
  });

  it.each([
    ["another origin", { origin: "https://evil.example" }, 403],
    ["no origin", {}, 403],
    ["an opaque origin", { origin: "null" }, 403],
    ["another site, whatever origin it claims", { origin: own, "sec-fetch-site": "cross-site" }, 403],
    ["another port of this machine", { origin: own, "sec-fetch-site": "same-site" }, 403],
    ["another name that leads here", { origin: own, host: "evil.example:4000" }, 421],
    ["a form", { origin: own, "content-type": "text/plain" }, 415],
  ])("is refused from %s", async (_, headers, status) => {
    const { press, seen } = server();
    expect((await press(headers)).status).toBe(status);
    expect(seen).toEqual([]);
  });

  it.each([[{}], [{ alerts: [] }], [{ alerts: ["42"] }], [null]])("is refused for %j", async (body) => {
    const { press, seen } = server();
    expect((await press({ origin: own }, body)).status).toBe(400);
    expect(seen).toEqual([]);
  });
});

describe("reading", () => {
  it("is refused to other sites and by other names, and runs no script but the page's own", async () => {
    const { ask } = server();
    expect((await ask("/api/ids", { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
    expect((await ask("/", { headers: { host: "rebound.example:4000" } })).status).toBe(421);
    const answer = await ask("/");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-security-policy")).toMatch(/default-src 'none'; script-src 'self'; /);
    expect(answer.headers.get("content-security-policy")).not.toMatch(/unsafe/);
    expect((await ask("/api/ids")).headers.get("cache-control")).toBe("no-store");
    expect((await ask("/api/students/nobody/timeline")).status).toBe(404);
  });
});

describe("a token", () => {
  const token = "a token of some length";
  const signIn = (ask: ReturnType<typeof server>["ask"], given: string) =>
    ask("/session", { method: "POST", headers: { origin: own }, body: new URLSearchParams({ token: given }) });

  it("is asked for before anything but the page's looks", async () => {
    const { ask, press } = server({ token });
    expect(await (await ask("/")).text()).toBe("the content of sign-in.html");
    for (const path of ["/api/ids", "/api/events", "/api/students/x/timeline"])
      expect((await ask(path)).status).toBe(401);
    expect((await press({ origin: own })).status).toBe(401);
    expect((await ask("/page.css")).status).toBe(200);
  });

  it("opens the page with a cookie that scripts and other sites do not get; a wrong one does not", async () => {
    const { ask } = server({ token });
    expect((await signIn(ask, `${token}.`)).headers.get("set-cookie")).toBeNull();
    const given = (await signIn(ask, token)).headers.get("set-cookie") ?? "";
    expect(given).toMatch(/HttpOnly/);
    expect(given).toMatch(/SameSite=Strict/);
    expect(given).not.toContain(token);
    const cookie = given.split(";")[0] ?? "";
    expect((await ask("/api/ids", { headers: { cookie } })).status).toBe(200);
    expect((await ask("/api/ids", { headers: { cookie: `${cookie}x` } })).status).toBe(401);
    // To move the end of a session one has to sign it.
    const later = cookie.replace(/=(\d)/, "=9$1");
    expect((await ask("/api/ids", { headers: { cookie: later } })).status).toBe(401);
    expect((await server({ token: "another token of length" }).ask("/api/ids", { headers: { cookie } })).status).toBe(
      401,
    );
  });

  it("ends after its time, and goes over https alone where the page does", async () => {
    let nowMs = 0;
    const sessions = createSessions(token, () => nowMs);
    const cookie = sessions.begin(token) ?? "";
    expect(sessions.holds(cookie)).toBe(true);
    nowMs = 13 * 3_600_000;
    expect(sessions.holds(cookie)).toBe(false);
    expect(sessions.holds(undefined)).toBe(false);
    const { ask } = server({ token, publicUrl: "https://teacher.example" });
    expect((await signIn(ask, token)).headers.get("set-cookie")).toMatch(/Secure/);
  });
});

describe("a body", () => {
  const token = "a token of some length";
  /** A body that says nothing of its length. */
  const chunked = (bytes: number) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (let sent = 0; sent < bytes; sent += 1024) controller.enqueue(new Uint8Array(1024).fill(0x20));
        controller.close();
      },
    });

  it.each(["/session", "/api/seen", "/page.css"])(
    "of more than 16 KB is refused, signed in or not: %s",
    async (path) => {
      const { ask } = server({ token });
      const headers = { origin: own, "content-type": "application/json" };
      for (const body of ["x".repeat(17 * 1024), chunked(17 * 1024)]) {
        const length = typeof body === "string" ? { "content-length": String(body.length) } : {};
        const init = { method: "POST", headers: { ...headers, ...length }, body, duplex: "half" } as RequestInit;
        const answer = await ask(path, init as Parameters<typeof ask>[1]);
        expect([answer.status, answer.headers.get("connection")]).toEqual([413, "close"]);
      }
    },
  );
});

it("wrong tokens are answered late, and many at once not at all", async () => {
  const { ask } = server({ token: "a token of some length" });
  const wrong = () =>
    ask("/session", { method: "POST", headers: { origin: own }, body: new URLSearchParams({ token: "wrong" }) });
  const startMs = performance.now();
  const answers = await Promise.all(Array.from({ length: 7 }, wrong));
  expect(performance.now() - startMs).toBeGreaterThan(950);
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 303, 303, 303, 303, 429, 429]);
});

describe("events", () => {
  it("go to twenty pages of one session at most; one that is closed makes room", async () => {
    const { ask, streams } = server();
    const open = await Promise.all(Array.from({ length: 20 }, () => ask("/api/events")));
    expect(open.every(({ status }) => status === 200)).toBe(true);
    expect((await ask("/api/events")).status).toBe(429);
    await open[0]?.body?.cancel();
    await expect.poll(async () => (await ask("/api/events")).status).toBe(200);
    streams.close();
  });

  /** The first message of a stream, and the id that it carries. */
  async function first(answer: Response): Promise<{ event: string; id: string; data: { students: WireStudent[] } }> {
    const reader = answer.body?.getReader();
    const text = new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
    return { event: field("event"), id: field("id"), data: JSON.parse(field("data")) };
  }

  it("go on after the last that was heard; a client that is unknown is told everything", async () => {
    const { ask, feed, student, streams } = server();
    feed.push([student("a")]);
    const start = await first(await ask("/api/events"));
    expect(start.event).toBe("snapshot");
    feed.push([student("b")]);
    feed.push([student("c"), student("b")]);
    const next = await first(await ask("/api/events", { headers: { "last-event-id": start.id } }));
    expect([next.event, next.data.students.map(({ ref }) => ref)]).toEqual(["changes", ["c", "b"]]);
    const byAddress = await first(await ask(`/api/events?after=${encodeURIComponent(start.id)}`));
    expect(byAddress).toEqual(next);
    for (const id of ["", "other:1", start.id.replace(/:.*/, ":99"), `${start.id}x`]) {
      expect((await first(await ask("/api/events", { headers: { "last-event-id": id } }))).event).toBe("snapshot");
    }
    for (let time = 0; time < 1001; time += 1) feed.push([student("d")]);
    const late = await first(await ask("/api/events", { headers: { "last-event-id": start.id } }));
    expect([late.event, late.data.students.map(({ ref }) => ref)]).toEqual(["changes", ["c", "b", "d"]]);
    streams.close();
  });
});
