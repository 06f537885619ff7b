import type { Changes, Snapshot, Status } from "../../src/wire.js";

/** What a connection hands on. */
export interface ConnectionEvents {
  snapshot(snapshot: Snapshot): void;
  changes(changes: Changes): void;
  status(status: Status): void;
  /** Called when the server is heard again, and when it is not any more. */
  live(isLive: boolean): void;
}

/** The server says something every second. */
const silentAfterMs = 4000;
const firstPauseMs = 250;
const longestPauseMs = 4000;

/**
 * Listens to the server for as long as the page is open. After a break it says how far it was, and is told what it
 * missed, or all again.
 */
export function connect(events: ConnectionEvents): void {
  let lastId = "";
  let pauseMs = firstPauseMs;

  const open = () => {
    const source = new EventSource(lastId === "" ? "/api/events" : `/api/events?after=${encodeURIComponent(lastId)}`);
    let watchdog = 0;
    const retry = () => {
      clearTimeout(watchdog);
      source.close();
      events.live(false);
      window.setTimeout(open, pauseMs);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
      void signInAgain();
    };
    const heard = () => {
      pauseMs = firstPauseMs;
      clearTimeout(watchdog);
      watchdog = window.setTimeout(retry, silentAfterMs);
      events.live(true);
    };
    const on = <Data>(name: string, take: (data: Data) => void) =>
      source.addEventListener(name, (message: MessageEvent<string>) => {
        heard();
        // The server of this page wrote it.
        take(JSON.parse(message.data) as Data);
        lastId = message.lastEventId;
      });
    on<Snapshot>("snapshot", events.snapshot);
    on<Changes>("changes", events.changes);
    on<Status>("status", events.status);
    source.addEventListener("error", retry);
    watchdog = window.setTimeout(retry, silentAfterMs);
  };
  open();
}

/** A stream does not say why it was refused; where the session has ended, the page is asked for the token again. */
async function signInAgain(): Promise<void> {
  const answer = await fetch("/", { method: "HEAD" }).catch(() => null);
  if (answer?.status === 401) location.reload();
}
