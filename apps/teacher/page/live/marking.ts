/** What a teacher has marked as seen on this page, and what the server says is still open. */
export interface Marks {
  /** Alerts of each student, by ref, for which it can be undone. */
  readonly undoable: ReadonlyMap<string, readonly string[]>;
  /** Alerts that are not shown: those, and the ones that the server was told of. */
  readonly hidden: ReadonlySet<string>;
}

export const noMarks: Marks = { undoable: new Map(), hidden: new Set() };

/** Marks alerts as seen: the server is told once it cannot be undone. */
export interface Marking {
  see(ref: string, alerts: readonly string[]): void;
  undo(ref: string): void;
  /** Tells the server now: the page is being left. */
  sendAll(): void;
}

/** What {@link createMarking} needs. */
export interface MarkingOptions {
  readonly undoMs: number;
  /** Rejects where the server could not be told: the alerts are shown again. */
  send(alerts: readonly string[]): Promise<void>;
  changed(marks: Marks): void;
  failed(): void;
}

interface Waiting {
  readonly alerts: readonly string[];
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * @see Marking
 * Invariant: `waiting` has the alerts of each student that the server was not told of, and the timer that will do it;
 * `told` has the alerts that it was told of. An alert is in one of them at most.
 */
export function createMarking({ undoMs, send, changed, failed }: MarkingOptions): Marking {
  const waiting = new Map<string, Waiting>();
  const told = new Set<string>();

  const say = () => {
    const undoable = new Map([...waiting].map(([ref, { alerts }]) => [ref, alerts]));
    changed({ undoable, hidden: new Set([...told, ...[...undoable.values()].flat()]) });
  };
  const take = (ref: string): readonly string[] => {
    const { alerts = [], timer } = waiting.get(ref) ?? {};
    clearTimeout(timer);
    waiting.delete(ref);
    return alerts;
  };
  const tell = async (ref: string) => {
    const alerts = take(ref);
    for (const id of alerts) told.add(id);
    say();
    try {
      await send(alerts);
    } catch {
      for (const id of alerts) told.delete(id);
      failed();
      say();
    }
  };

  return {
    see(ref, alerts) {
      // What came since is marked together with what was marked before.
      const all = [...new Set([...take(ref), ...alerts])];
      waiting.set(ref, { alerts: all, timer: setTimeout(() => void tell(ref), undoMs) });
      say();
    },
    undo(ref) {
      take(ref);
      say();
    },
    sendAll() {
      for (const ref of [...waiting.keys()]) void tell(ref);
    },
  };
}
