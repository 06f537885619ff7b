import type { Session } from "./session.js";
import type { Consumer } from "./types.js";

/** What users hold of a session: the same for plain consumers and projections. */
export function consumerOf(session: Session, release: () => Promise<void>): Consumer {
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= session.close().finally(release);
    return closing;
  };
  const start = async () => {
    try {
      await session.start();
    } catch (caught) {
      await close().catch(() => undefined);
      throw caught;
    }
  };
  return {
    start,
    close,
    caughtUp: (options) => session.caughtUp(options),
    async run({ signal } = {}) {
      if (signal?.aborted) return;
      const onAbort = () => void close().catch(() => undefined);
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        await start();
        await session.ended;
      } finally {
        signal?.removeEventListener("abort", onAbort);
        await close();
      }
    },
  };
}
