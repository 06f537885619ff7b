import { useCallback, useState } from "preact/hooks";
import type { AlertGroup } from "../live/class.js";
import { sendSeen } from "../live/requests.js";

/** The one thing to do about an alert. */
export interface Seeing {
  /** Rejects where it could not be saved. */
  see(group: AlertGroup): Promise<void>;
  /** What went wrong lately, for people. */
  readonly error: string | null;
}

/** @see Seeing */
export function useSeen(): Seeing {
  const [error, setError] = useState<string | null>(null);
  const see = useCallback(async (group: AlertGroup) => {
    setError(null);
    try {
      await sendSeen(group.alerts.map(({ id }) => id));
    } catch (caught) {
      setError("That could not be saved. Try again when the connection is back.");
      throw caught;
    }
    focusNext(group.key);
  }, []);
  return { see, error };
}

/** A card goes away together with the button that has the focus: the next one's gets it. */
function focusNext(key: string): void {
  const card = document.activeElement?.closest(".card");
  if (card?.getAttribute("data-key") !== key) return;
  const next = card.nextElementSibling ?? card.previousElementSibling;
  next?.querySelector<HTMLButtonElement>("button")?.focus();
}
