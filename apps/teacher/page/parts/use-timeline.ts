import { useEffect, useState } from "preact/hooks";
import type { Timeline } from "../../src/wire.js";
import { readTimeline } from "../live/requests.js";

const lookEveryMs = 5000;

/** What is known of a student's events: null before they were read. */
interface Looked {
  readonly timeline: Timeline | null;
  readonly isFailing: boolean;
}

/** Reads a student's events now and then, and soon after `news`, which is another object when something happened. */
export function useTimeline(reference: string, news: object | undefined): Looked {
  const [timeline, setTimeline] = useState<Timeline | null>(null);
  const [isFailing, setFailing] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    // Invariant: `timer` is the look that is due; once `stop` is aborted there is none.
    let timer = 0;
    const look = async () => {
      try {
        if (document.visibilityState === "visible") setTimeline(await readTimeline(reference, stop.signal));
        setFailing(false);
      } catch {
        if (!stop.signal.aborted) setFailing(true);
      }
      if (!stop.signal.aborted) timer = window.setTimeout(look, lookEveryMs);
    };
    // News of the student comes in bursts.
    timer = window.setTimeout(look, timeline === null ? 0 : 300);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
    // Read again whenever the class's news names the student.
  }, [reference, news]);
  return { timeline, isFailing };
}
