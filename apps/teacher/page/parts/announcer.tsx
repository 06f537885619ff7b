import { useEffect, useRef, useState } from "preact/hooks";
import type { WireStudent } from "../../src/wire.js";
import { triggerTexts } from "../../src/words.js";
import type { Need } from "../live/needs.js";

/** Tells new alerts to those who listen rather than look: each once, several together. */
export function Announcer({
  needs,
  isLoaded,
  nameOf,
}: {
  readonly needs: ReadonlyMap<string, Need>;
  readonly isLoaded: boolean;
  readonly nameOf: (student: WireStudent) => string;
}) {
  const told = useRef<Set<string> | null>(null);
  const [text, setText] = useState("");
  useEffect(() => {
    if (!isLoaded) return;
    const open = [...needs.values()].flatMap(({ student, alerts }) => alerts.map((alert) => ({ student, alert })));
    const before = told.current;
    const fresh = open.filter(({ alert }) => before !== null && !before.has(alert.id));
    told.current = new Set([...(before ?? []), ...open.map(({ alert }) => alert.id)]);
    const [first] = fresh;
    if (!first) return;
    setText(
      fresh.length === 1
        ? `New alert: ${nameOf(first.student)}, ${triggerTexts[first.alert.trigger]}`
        : `${fresh.length} new alerts`,
    );
  }, [needs, isLoaded, nameOf]);
  return (
    <p class="only-heard" aria-live="polite">
      {text}
    </p>
  );
}
