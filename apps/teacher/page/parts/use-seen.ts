import { useEffect, useMemo, useState } from "preact/hooks";
import { createMarking, type Marks, noMarks } from "../live/marking.js";
import type { Need } from "../live/needs.js";
import { sendSeen } from "../live/requests.js";

/** Long enough to see that it was the wrong one. */
const undoMs = 8000;

/** The one thing to do about alerts. */
export interface Seeing {
  readonly marks: Marks;
  /** Marks all open alerts of a student as seen. */
  see(need: Need): void;
  undo(need: Need): void;
  /** What went wrong lately, for people. */
  readonly error: string | null;
}

/** @see Seeing */
export function useSeen(): Seeing {
  const [marks, setMarks] = useState<Marks>(noMarks);
  const [error, setError] = useState<string | null>(null);
  const marking = useMemo(
    () =>
      createMarking({
        undoMs,
        send: sendSeen,
        changed(marks) {
          const goOn = keepFocus();
          setMarks(marks);
          requestAnimationFrame(goOn);
        },
        failed: () => setError("That could not be saved. Try again when the connection is back."),
      }),
    [],
  );
  useEffect(() => {
    // A phone that is locked, or a page that is closed, may never come back.
    const left = () => document.visibilityState === "hidden" && marking.sendAll();
    document.addEventListener("visibilitychange", left);
    addEventListener("pagehide", marking.sendAll);
    return () => {
      document.removeEventListener("visibilitychange", left);
      removeEventListener("pagehide", marking.sendAll);
    };
  }, [marking]);
  const actions = useMemo(
    () => ({
      see({ student, alerts }: Need) {
        setError(null);
        marking.see(
          student.ref,
          alerts.map(({ id }) => id),
        );
      },
      undo: ({ student }: Need) => marking.undo(student.ref),
    }),
    [marking],
  );
  return { marks, error, ...actions };
}

/**
 * A button goes away when it is pressed, and its card some time after: who came by keyboard goes on from what is left of
 * the card, or from the next one. Returns what to call once it is drawn.
 */
function keepFocus(): () => void {
  const card = document.activeElement?.closest(".card");
  const next = card?.nextElementSibling ?? card?.previousElementSibling;
  return () => {
    if (!card || document.activeElement !== document.body) return;
    const left = card.isConnected ? card : next;
    left?.querySelector<HTMLButtonElement>(".act")?.focus();
  };
}
