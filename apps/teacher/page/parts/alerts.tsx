import { useMemo, useState } from "preact/hooks";
import type { WireStudent } from "../../src/wire.js";
import { type AlertGroup, commonErrors, seenAlerts } from "../live/class.js";
import { agoText, timeText } from "../words/times.js";
import { AlertCard } from "./alert-card.js";
import type { Known } from "./use-class.js";
import { studentAddress } from "./use-route.js";
import type { Seeing } from "./use-seen.js";

/** More are drawn only when asked for: a hundred cards are not read. */
const cardsAtFirst = 60;
const mostSeen = 8;
const mostErrors = 4;

/** Who needs help: the most urgent first; below them what was dealt with lately. */
export function Alerts({
  known,
  open,
  nowMs,
  nameOf,
  seeing,
}: {
  readonly known: Known;
  readonly open: readonly AlertGroup[];
  readonly nowMs: number;
  readonly nameOf: (student: WireStudent) => string;
  readonly seeing: Seeing;
}) {
  const [mostCards, setMostCards] = useState(cardsAtFirst);

  return (
    <section class="alerts" aria-labelledby="alerts-title">
      <h2 id="alerts-title">
        Needs help <span class="count">{open.length}</span>
      </h2>
      {seeing.error !== null && (
        <p role="alert" class="error">
          {seeing.error}
        </p>
      )}
      <CommonErrors open={open} />
      {open.length === 0 && (
        <p class="nothing">{known.isLoaded ? "Nobody needs help right now." : "Reading the class."}</p>
      )}
      <ul class="cards">
        {open.slice(0, mostCards).map((group) => (
          <AlertCard
            key={group.key}
            group={group}
            name={nameOf(group.student)}
            minute={Math.floor(nowMs / 60_000)}
            see={seeing.see}
          />
        ))}
      </ul>
      {open.length > mostCards && (
        <button type="button" class="more" onClick={() => setMostCards(open.length)}>
          {open.length - mostCards} less urgent or older ones
        </button>
      )}
      <SeenLately known={known} nowMs={nowMs} nameOf={nameOf} />
    </section>
  );
}

function CommonErrors({ open }: { readonly open: readonly AlertGroup[] }) {
  const errors = useMemo(() => commonErrors(open).slice(0, mostErrors), [open]);
  if (errors.length === 0) return null;
  return (
    <ul class="errors" aria-label="Common errors now">
      {errors.map(([name, students]) => (
        <li key={name}>
          <code>{name}</code> {`${students} students`}
        </li>
      ))}
    </ul>
  );
}

function SeenLately({
  known,
  nowMs,
  nameOf,
}: {
  readonly known: Known;
  readonly nowMs: number;
  readonly nameOf: (student: WireStudent) => string;
}) {
  const seen = useMemo(() => seenAlerts(known.class, mostSeen), [known.class]);
  if (seen.length === 0) return null;
  return (
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
  );
}
