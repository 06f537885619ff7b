import { useMemo, useState } from "preact/hooks";
import type { WireStudent } from "../../src/wire.js";
import { type Age, byAge, type Need, seenLately } from "../live/needs.js";
import { counted } from "../words/texts.js";
import { agoText, timeText } from "../words/times.js";
import { StudentCard } from "./student-card.js";
import type { Known } from "./use-class.js";
import { studentAddress } from "./use-route.js";
import type { Seeing } from "./use-seen.js";

/** More are drawn only when asked for: a hundred cards are not read. */
const cardsAtFirst = 60;
const mostSeen = 8;

const ageTexts: Readonly<Record<Age, string>> = {
  hour: "In the last hour",
  today: "Earlier today",
  before: "Before today",
};

interface HelpProps {
  readonly known: Known;
  /** Of the students that are shown. */
  readonly needs: readonly Need[];
  readonly isFiltered: boolean;
  readonly nowMs: number;
  readonly nameOf: (student: WireStudent) => string;
  readonly seeing: Pick<Seeing, "see" | "undo">;
}

/** Who needs help, a card a student: what is new first, then the most urgent; below them what was seen lately. */
export function NeedsHelp({ known, needs, isFiltered, nowMs, nameOf, seeing }: HelpProps) {
  const [mostCards, setMostCards] = useState(cardsAtFirst);
  const minute = Math.floor(nowMs / 60_000);
  const groups = useMemo(() => byAge(needs, minute * 60_000), [needs, minute]);
  return (
    <section class="help" aria-labelledby="help-title">
      <h2 id="help-title">
        Needs help <span class="count">{needs.length}</span>
      </h2>
      {needs.length > 0 && <p class="explained">Seen takes a student off this list, for every teacher.</p>}
      {needs.length === 0 && <p class="nothing">{nothingText(known.isLoaded, isFiltered)}</p>}
      {upTo(groups, mostCards).map(([age, group]) => (
        <section key={age} aria-labelledby={`age-${age}`}>
          <h3 id={`age-${age}`}>{ageTexts[age]}</h3>
          <ul class="cards">
            {group.map((need) => (
              <StudentCard
                key={need.student.ref}
                need={need}
                name={nameOf(need.student)}
                minute={minute}
                see={seeing.see}
                undo={seeing.undo}
              />
            ))}
          </ul>
        </section>
      ))}
      {needs.length > mostCards && (
        <button type="button" class="more" onClick={() => setMostCards(needs.length)}>
          Show {counted(needs.length - mostCards, "more student")}
        </button>
      )}
      <SeenLately known={known} nowMs={nowMs} nameOf={nameOf} />
    </section>
  );
}

function nothingText(isLoaded: boolean, isFiltered: boolean): string {
  if (!isLoaded) return "Reading the class.";
  return isFiltered ? "None of the students that are shown." : "No student needs help right now.";
}

type Groups = ReturnType<typeof byAge>;

/** The first cards of all groups. */
function upTo(groups: Groups, most: number): Groups {
  let left = most;
  return groups.flatMap(([age, group]) => {
    const shown = group.slice(0, left);
    left -= shown.length;
    return shown.length > 0 ? [[age, shown] as const] : [];
  });
}

function SeenLately({ known, nowMs, nameOf }: Pick<HelpProps, "known" | "nowMs" | "nameOf">) {
  const seen = useMemo(() => seenLately(known.class, mostSeen), [known.class]);
  if (seen.length === 0) return null;
  return (
    <section aria-labelledby="seen-title">
      <h3 id="seen-title">Seen</h3>
      <ul class="seen">
        {seen.map(({ student, count, at, byYou }) => (
          <li key={`${student.ref} ${at}`}>
            <a href={studentAddress(student.ref)}>{nameOf(student)}</a>
            {`, ${counted(count, "alert")}, `}
            <time dateTime={at} title={timeText(at, nowMs)}>
              {agoText(at, nowMs)}
            </time>
            {!byYou && ", by another teacher"}
          </li>
        ))}
      </ul>
    </section>
  );
}
