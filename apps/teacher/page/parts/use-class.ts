import { useEffect, useState } from "preact/hooks";
import type { Status } from "../../src/wire.js";
import { type Class, fromSnapshot, noClass, withChanges } from "../live/class.js";
import { connect } from "../live/connection.js";
import { paced } from "../live/paced.js";

/** What the page knows now. */
export interface Known {
  readonly class: Class;
  /** Null until the server has said something. */
  readonly status: Status | null;
  readonly isLive: boolean;
  /** Whether the class was ever there. */
  readonly isLoaded: boolean;
}

const nothing: Known = { class: noClass, status: null, isLive: false, isLoaded: false };

type Change = (before: Known) => Known;

/** To draw hundreds of rows again takes a while: what comes within this time is drawn together. */
const pauseMs = 200;

/** The class, live. */
export function useClass(): Known {
  const [known, setKnown] = useState(nothing);
  useEffect(() => {
    const change = paced<Change>(pauseMs, (changes) =>
      setKnown((before) => changes.reduce((now, apply) => apply(now), before)),
    );
    connect({
      snapshot: (snapshot) => change((before) => ({ ...before, class: fromSnapshot(snapshot), isLoaded: true })),
      changes: (changes) => change((before) => ({ ...before, class: withChanges(before.class, changes) })),
      status: (status) => change((before) => ({ ...before, status })),
      live: (isLive) => change((before) => (before.isLive === isLive ? before : { ...before, isLive })),
    });
  }, []);
  return known;
}
