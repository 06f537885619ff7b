import { useEffect, useState } from "preact/hooks";
import type { Status } from "../../src/wire.js";
import { type Class, fromSnapshot, noClass, withChanges } from "../live/class.js";
import { connect } from "../live/connection.js";

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

/** The class, live. */
export function useClass(): Known {
  const [known, setKnown] = useState(nothing);
  useEffect(() => {
    const change = (part: (before: Known) => Partial<Known>) => setKnown((before) => ({ ...before, ...part(before) }));
    connect({
      snapshot: (snapshot) => change(() => ({ class: fromSnapshot(snapshot), isLoaded: true })),
      changes: (changes) => change((before) => ({ class: withChanges(before.class, changes) })),
      status: (status) => change(() => ({ status })),
      live: (isLive) => setKnown((before) => (before.isLive === isLive ? before : { ...before, isLive })),
    });
  }, []);
  return known;
}
