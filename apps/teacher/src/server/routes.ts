import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import type { Ids, Timeline } from "../wire.js";
import type { EventStreams } from "./events.js";
import { guard, refused } from "./guard.js";
import type { Origins } from "./origins.js";
import { type PageFileName, type PageFiles, servedFiles } from "./page-files.js";
import { type Sessions, sessionSeconds } from "./sessions.js";
import { createSignIns } from "./sign-ins.js";

/** What the page's server can do. */
export interface Actions {
  ids(): Ids;
  /** Undefined for a student that is not known. */
  timeline(ref: string, signal: AbortSignal): Promise<Timeline | undefined>;
  /** Publishes that these alerts were seen; resolves to how many were open, undefined where one is not known. */
  seen(alerts: readonly string[]): Promise<number | undefined>;
}

/** What {@link createRoutes} needs. */
export interface RoutesOptions {
  readonly page: PageFiles;
  readonly origins: () => Origins;
  readonly sessions: Sessions;
  /** Whether readers come by https: their cookie then goes no other way. */
  readonly isSecure: boolean;
  readonly streams: EventStreams;
  readonly actions: Actions;
  /** The address that a request comes from. */
  readonly addressOf: (context: Context) => string;
}

/** The longest body that is read, also before sign-in. */
export const maxBodyBytes = 16 * 1024;

const cookieName = "teacher-session";
const seenBody = z.object({ alerts: z.array(z.uuid()).min(1).max(50) });
const tokenBody = z.object({ token: z.string().max(1000) });
const assets = ["page.js", "page.css", "icon.svg"] as const;

/** The page, its events, and what it may ask for. */
export function createRoutes(options: RoutesOptions): Hono {
  const { origins, sessions, streams } = options;
  const serve = fileServer(options.page);
  const routes = new Hono();
  routes.use(guard(origins));
  routes.use(bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge }));
  for (const name of assets) routes.get(`/${name}`, (context) => serve(context, name));
  routes.post("/session", beginSession(options));
  // What is registered from here on is for those who are signed in.
  routes.use(async (context, next) => {
    if (sessions.holds(getCookie(context, cookieName))) return next();
    return context.req.path === "/" ? serve(context, "sign-in.html", 401) : refused(context, 401, "sign in first");
  });
  routes.get("/", (context) => serve(context, "index.html"));
  routes.use("/api/*", async (context, next) => {
    context.header("cache-control", "no-store");
    return next();
  });
  routes.get("/api/events", (context) => streams.respond(context, getCookie(context, cookieName) ?? ""));
  addActions(routes, options.actions);
  routes.notFound((context) => refused(context, 404, "there is no such page"));
  // Without the cause, which may name a student; the app's log and its health pages have it.
  routes.onError((_, context) => refused(context, 503, "this cannot be answered now: try again soon"));
  return routes;
}

/** The rest of the body is not waited for. */
function tooLarge(context: Context): Response {
  context.header("connection", "close");
  return refused(context, 413, "the request is too large");
}

/** Serves the page's files: compressed where the reader takes that, and not again where it has them. */
function fileServer(page: PageFiles) {
  const files = servedFiles(page);
  return (context: Context, name: PageFileName, status: 200 | 401 = 200) => {
    const file = files.get(name);
    if (!file) return refused(context, 404, "there is no such file");
    context.header("cache-control", "no-cache");
    context.header("etag", file.tag);
    context.header("vary", "accept-encoding");
    if (status === 200 && context.req.header("if-none-match") === file.tag) return context.body(null, 304);
    context.header("content-type", file.type);
    if (!/\bgzip\b/.test(context.req.header("accept-encoding") ?? "")) return context.body(file.plain, status);
    context.header("content-encoding", "gzip");
    return context.body(file.gzipped, status);
  };
}

/** Gives a cookie for a token that is right. */
function beginSession({ sessions, isSecure, addressOf }: RoutesOptions) {
  const signIns = createSignIns(sessions);
  return async (context: Context) => {
    const given = tokenBody.safeParse(await context.req.parseBody());
    const signIn = await signIns.begin(given.success ? given.data.token : "", addressOf(context));
    if ("refused" in signIn) {
      if (signIn.refused === "wrong") return context.redirect("/#wrong", 303);
      context.header("retry-after", "1");
      return refused(context, 429, "too many wrong tokens: try again soon");
    }
    setCookie(context, cookieName, signIn.cookie, {
      path: "/",
      httpOnly: true,
      sameSite: "Strict",
      secure: isSecure,
      maxAge: sessionSeconds,
    });
    return context.redirect("/", 303);
  };
}

/** What the page asks for beside its events. */
function addActions(routes: Hono, actions: Actions): void {
  routes.get("/api/ids", (context) => context.json(actions.ids()));

  routes.get("/api/students/:ref/timeline", async (context) => {
    const timeline = await actions.timeline(context.req.param("ref"), context.req.raw.signal);
    return timeline ? context.json(timeline) : refused(context, 404, "there is no such student");
  });

  routes.post("/api/seen", async (context) => {
    // A browser asks this server before it sends this type for another site, and the server does not allow it.
    if (context.req.header("content-type") !== "application/json") return refused(context, 415, "send JSON");
    const body = seenBody.safeParse(await context.req.json().catch(() => null));
    if (!body.success) return refused(context, 400, "name the alerts that were seen");
    const open = await actions.seen(body.data.alerts);
    return open === undefined ? refused(context, 404, "there is no such alert") : context.json({ open });
  });
}
