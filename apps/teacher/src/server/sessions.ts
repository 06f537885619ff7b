import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Which readers may see the page: all where no token is set, else those that have shown it. */
export interface Sessions {
  readonly needed: boolean;
  /** The value of the session cookie for a token; null for a wrong one. */
  begin(token: string): string | null;
  holds(cookie: string | undefined): boolean;
}

/** A school day. */
export const sessionSeconds = 12 * 3600;

/** Sessions that every copy with the same token knows, and that end when the token changes. */
export function createSessions(token: string | undefined, nowMs: () => number = Date.now): Sessions {
  if (token === undefined) return { needed: false, begin: () => null, holds: () => true };
  const sign = (expires: string) =>
    createHmac("sha256", token).update(`teacher's page until ${expires}`).digest("base64url");
  return {
    needed: true,
    begin(given) {
      if (!equal(given, token)) return null;
      const expires = String(Math.floor(nowMs() / 1000) + sessionSeconds);
      return `${expires}.${sign(expires)}`;
    },
    holds(cookie) {
      const [expires = "", signature = ""] = (cookie ?? "").split(".", 2);
      return equal(signature, sign(expires)) && Number(expires) > nowMs() / 1000;
    },
  };
}

/** In a time that tells nothing about where they differ. */
function equal(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
