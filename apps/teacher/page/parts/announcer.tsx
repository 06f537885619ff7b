import { useEffect, useRef, useState } from "preact/hooks";
import type { WireStudent } from "../../src/wire.js";
import type { AlertGroup } from "../live/class.js";
import { triggerTexts } from "../words/texts.js";

/** Tells new alerts to those who listen rather than look: each once, several together. */
export function Announcer({
  open,
  isLoaded,
  nameOf,
}: {
  readonly open: readonly AlertGroup[];
  readonly isLoaded: boolean;
  readonly nameOf: (student: WireStudent) => string;
}) {
  const told = useRef<Set<string> | null>(null);
  const [text, setText] = useState("");
  useEffect(() => {
    if (!isLoaded) return;
    const before = told.current;
    const fresh = open.filter(({ latest }) => before !== null && !before.has(latest.id));
    told.current = new Set([...(before ?? []), ...open.flatMap(({ alerts }) => alerts.map(({ id }) => id))]);
    const [first] = fresh;
    if (!first) return;
    setText(
      fresh.length === 1
        ? `New alert: ${nameOf(first.student)}, ${triggerTexts[first.latest.trigger]}`
        : `${fresh.length} new alerts`,
    );
  }, [open, isLoaded, nameOf]);
  return (
    <p class="only-heard" aria-live="polite">
      {text}
    </p>
  );
}
