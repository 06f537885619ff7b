import { getConnInfo } from "@hono/node-server/conninfo";
import type { SqlStore } from "@keyline/postgres";
import type { Hooks, Transport } from "@keyline/runtime";
import { createHoldsTable, readHolds } from "@student-events/platform";
import { createProducer } from "@student-events/producer";
import { progress } from "@student-events/progress";
import { struggle } from "@student-events/struggle";
import { createClassModel } from "./feed/class-model.js";
import { createFeed } from "./feed/feed.js";
import { createRows } from "./feed/rows.js";
import { createWatch } from "./feed/watch.js";
import { createLagReader } from "./lag/lag.js";
import { createNames } from "./names/names.js";
import { classSecret } from "./names/secret.js";
import { teacher } from "./projection/projection.js";
import { createSeen } from "./seen.js";
import { createEventStreams } from "./server/events.js";
import { listen } from "./server/listen.js";
import { createOrigins, isLoopback, urlHost } from "./server/origins.js";
import type { PageFiles } from "./server/page-files.js";
import { createRoutes } from "./server/routes.js";
import { createSessions } from "./server/sessions.js";
import { createLaneReader } from "./timeline/lane-reader.js";
import { timelineEvents } from "./timeline/timeline.js";
import type { WireStudent } from "./wire.js";

/** How the page is served. */
export interface TeacherPageOptions {
  /** Where the projection `teacher` writes, whichever process runs it. */
  readonly store: Pick<SqlStore, "sql" | "migrate">;
  readonly transport: Transport;
  readonly page: PageFiles;
  /** Default 127.0.0.1: this machine alone. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** What a reader has to show first. Default: nothing, which is refused for an address that others can reach. */
  readonly token?: string | undefined;
  /** Where readers find the page, when that is not the listening address itself. */
  readonly publicUrl?: string | undefined;
  /** Whether readers beyond this machine may come by http, so that anyone on the way can read the token. Default false. */
  readonly allowsHttp?: boolean | undefined;
  /** Who presses "Seen": `resolved_by` of what is published. Default 1. */
  readonly teacherId?: number;
  /** How many days back a student's events are read, by their records' stamps. Default: all that the log holds. */
  readonly daysBack?: number | undefined;
  /** The class's time (milliseconds since 1970). Default `Date.now`. */
  readonly clock?: () => number;
}

/** The page at work. */
export interface TeacherPage {
  readonly url: string;
  readonly port: number;
  /** For the projector of this process, if it runs one: pages are notified at once. */
  readonly hooks: Hooks;
  /** Rejects with why pages cannot be served now. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Events of a student that are shown. */
const mostEvents = 300;

/** Serves the teacher's page, as one of any number of copies. Throws where others could reach it and no token is set. */
export async function startTeacherPage(options: TeacherPageOptions): Promise<TeacherPage> {
  const { store, transport, page, host = "127.0.0.1", port = 0, teacherId = 1 } = options;
  const { token, publicUrl, allowsHttp, daysBack, clock = Date.now } = options;
  const fault = reachFault({ host, token, publicUrl, allowsHttp });
  if (fault !== null) throw new Error(fault);

  await createHoldsTable(store);
  const names = createNames(await classSecret(store));
  const model = createClassModel({ names, teacherId });
  const feed = createFeed<WireStudent>(({ ref }) => ref);
  const watch = createWatch({
    rows: createRows(store),
    versionOf: model.versionOf,
    take(rows) {
      const changed = model.apply(rows);
      if (changed.length > 0) feed.push(changed);
    },
  });
  await watch.start();

  const lag = createLagReader({ apps: [progress, struggle, teacher], store, transport });
  const lanes = createLaneReader({ transport, daysBack });
  const seen = createSeen({ producer: createProducer({ transport, source: "teacher" }), model, teacherId, clock });
  const streams = createEventStreams({
    feed,
    snapshot: model.snapshot,
    status: async () => ({ nowMs: clock(), apps: watch.answers ? await lag.read().catch(() => null) : null }),
  });
  const routes = createRoutes({
    page,
    streams,
    sessions: createSessions(token),
    isSecure: publicUrl?.startsWith("https:") ?? false,
    origins: () => origins,
    addressOf: (context) => getConnInfo(context).remote.address ?? "",
    actions: {
      ids: model.ids,
      seen: seen.seen,
      async timeline(ref, signal) {
        const student = model.studentOf(ref);
        if (!student) return undefined;
        const events = await lanes.read(student.key, signal);
        const shown = events.slice(-mostEvents);
        const holds = await readHolds(store, shown);
        return {
          ref,
          pseudonym: student.pseudonym,
          events: timelineEvents(events, holds, mostEvents),
          leftOut: events.length - shown.length,
        };
      },
    },
  });
  const server = await listen(routes, { host, port });
  const origins = createOrigins({ host, port: server.port }, publicUrl);

  return {
    url: publicUrl ?? `http://${urlHost(host)}:${server.port}`,
    port: server.port,
    hooks: { handled: watch.poke },
    async ready() {
      if (!watch.answers) throw new Error("the store cannot be asked");
    },
    async close() {
      streams.close();
      await server.close();
      await watch.close();
      await seen.close();
    },
  };
}

/** Why a page may not be served like this; null where it may. */
export function reachFault(reach: {
  readonly host: string;
  readonly token?: string | undefined;
  readonly publicUrl?: string | undefined;
  readonly allowsHttp?: boolean | undefined;
}): string | null {
  const { host, token, publicUrl, allowsHttp = false } = reach;
  const isLocal = isLoopback(host) && (publicUrl === undefined || isLoopback(new URL(publicUrl).hostname));
  if (isLocal) return null;
  if (token === undefined)
    return "a page that others can reach needs a token: set PAGE_TOKEN to 16 characters or more, e.g. from `openssl rand -hex 16`";
  if (publicUrl === undefined)
    return "a page that others can reach needs its address: set PAGE_URL to what readers type, e.g. https://teacher.school.example";
  return publicUrl.startsWith("https:") || isLoopback(new URL(publicUrl).hostname) || allowsHttp
    ? null
    : "PAGE_URL is http, so that the token and the class can be read on the way: serve the page by https, or set PAGE_ALLOW_HTTP to yes";
}
