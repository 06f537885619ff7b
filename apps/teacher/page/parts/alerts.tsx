import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import type { WireStudent } from "../../src/wire.js";
import { type AlertGroup, commonErrors, seenAlerts } from "../live/class.js";
import { sendSeen } from "../live/requests.js";
import { agoText, timeText } from "../words/times.js";
import { AlertCard } from "./alert-card.js";
import type { Known } from "./use-class.js";
import { studentAddress } from "./use-route.js";

/** More are counted, not drawn: nobody reads a hundred cards. */
const mostCards = 60;
const mostSeen = 8;
const mostErrors = 4;

/** Who needs help: the most urgent first; below them what was dealt with lately. */
export function Alerts({
  known,
  open,
  nowMs,
  nameOf,
}: {
  readonly known: Known;
  readonly open: readonly AlertGroup[];
  readonly nowMs: number;
  readonly nameOf: (student: WireStudent) => string;
}) {
  const list = useRef<HTMLUListElement>(null);
  const [error, setError] = useState<string | null>(null);
  const seen = useMemo(() => seenAlerts(known.class, mostSeen), [known.class]);
  const errors = useMemo(() => commonErrors(open).slice(0, mostErrors), [open]);

  const see = useCallback(async (group: AlertGroup) => {
    setError(null);
    try {
      await sendSeen(group.alerts.map(({ id }) => id));
      focusNext(list.current, group.key);
    } catch {
      setError("That could not be saved. Try again when the connection is back.");
      throw new Error("not saved");
    }
  }, []);

  return (
    <section class="alerts" aria-labelledby="alerts-title">
      <h2 id="alerts-title">
        Needs help <span class="count">{open.length}</span>
      </h2>
      {error !== null && (
        <p role="alert" class="error">
          {error}
        </p>
      )}
      {errors.length > 0 && (
        <ul class="errors" aria-label="Common errors now">
          {errors.map(([name, students]) => (
            <li key={name}>
              <code>{name}</code> {`${students} students`}
            </li>
          ))}
        </ul>
      )}
      {open.length === 0 && (
        <p class="nothing">{known.isLoaded ? "Nobody needs help right now." : "Reading the class."}</p>
      )}
      <ul class="cards" ref={list}>
        {open.slice(0, mostCards).map((group) => (
          <AlertCard
            key={group.key}
            group={group}
            name={nameOf(group.student)}
            minute={Math.floor(nowMs / 60_000)}
            see={see}
          />
        ))}
      </ul>
      {open.length > mostCards && <p class="nothing">and {open.length - mostCards} less urgent ones</p>}
      {seen.length > 0 && (
        <>
          <h3>Seen</h3>
          <ul class="seen">
            {seen.map(({ key, student, latest }) => (
              <li key={key}>
                <a href={studentAddress(student.ref)}>{nameOf(student)}</a>{" "}
                <time dateTime={latest.seen?.at} title={timeText(latest.seen?.at ?? "", nowMs)}>
                  {agoText(latest.seen?.at ?? "", nowMs)}
                </time>
                {latest.seen?.byYou === false && " by another teacher"}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** The card goes away with the button that has the focus: the next one's gets it. */
function focusNext(list: HTMLUListElement | null, key: string): void {
  const cards = [...(list?.children ?? [])];
  const index = cards.findIndex((card) => card.getAttribute("data-key") === key);
  const next = cards[index + 1] ?? cards[index - 1];
  next?.querySelector<HTMLButtonElement>("button")?.focus();
}
