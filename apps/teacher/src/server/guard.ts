import type { Context, MiddlewareHandler } from "hono";
import type { Origins } from "./origins.js";

/** No script, style, frame or request but the page's own; no place for a form but this server. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const headers = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  // Not no-referrer: forms would then hide from which origin they come.
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
} as const;

/**
 * Refuses what another site's page could make a browser ask: by another name for this address (DNS rebinding), from
 * another origin, or without saying from which.
 */
export function guard(origins: () => Origins): MiddlewareHandler {
  return async (context, next) => {
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    if (!origins().knowsHost(context.req.header("host"))) {
      return refused(context, 421, "this server is not asked by that name: use the address that it printed");
    }
    const site = context.req.header("sec-fetch-site");
    const changes = context.req.method !== "GET" && context.req.method !== "HEAD";
    if (changes || context.req.path.startsWith("/api/")) {
      if (site !== undefined && site !== "same-origin" && site !== "none") {
        return refused(context, 403, "the request comes from another site");
      }
    }
    if (changes && !origins().knowsOrigin(context.req.header("origin"))) {
      return refused(context, 403, "the request does not come from this page");
    }
    return next();
  };
}

/** An answer that says why not. */
export function refused(
  context: Context,
  status: 400 | 401 | 403 | 404 | 413 | 415 | 421 | 429 | 503,
  error: string,
): Response {
  context.header("cache-control", "no-store");
  return context.json({ error }, status);
}
