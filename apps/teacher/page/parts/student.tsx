import { useEffect, useRef, useState } from "preact/hooks";
import type { Timeline, WireStudent } from "../../src/wire.js";
import { scoreText } from "../../src/words.js";
import type { Need } from "../live/needs.js";
import { counted, moduleText } from "../words/texts.js";
import { Events } from "./events.js";
import { Happenings } from "./happenings.js";
import { StudentCard } from "./student-card.js";
import type { Known } from "./use-class.js";
import type { Seeing } from "./use-seen.js";
import { useTimeline } from "./use-timeline.js";

/** One student: what help is needed with, mastery, and all that happened, the latest first. */
export function Student({
  reference,
  known,
  need,
  nowMs,
  nameOf,
  seeing,
}: {
  readonly reference: string;
  readonly known: Known;
  readonly need: Need | undefined;
  readonly nowMs: number;
  readonly nameOf: (student: Pick<WireStudent, "ref" | "pseudonym">) => string;
  readonly seeing: Pick<Seeing, "see" | "undo">;
}) {
  const student = known.class.students.get(reference);
  const { timeline, isFailing } = useTimeline(reference, student);
  const heading = useRef<HTMLHeadingElement>(null);
  // A reader who came by keyboard goes on from here.
  useEffect(() => heading.current?.focus(), []);
  const name = student ? nameOf(student) : (timeline?.pseudonym ?? "A student");

  return (
    <section class="student" aria-labelledby="student-title">
      <p class="back">
        <a href="#class">Back to the class</a>
      </p>
      <h2 id="student-title" tabIndex={-1} ref={heading}>
        {name}
      </h2>
      {student && <Mastery modules={known.class.modules} student={student} />}
      {need && (
        <ul class="cards own" aria-label="Needs help">
          <StudentCard
            need={need}
            name={name}
            minute={Math.floor(nowMs / 60_000)}
            see={seeing.see}
            undo={seeing.undo}
            isOwn
          />
        </ul>
      )}
      {isFailing && <p class="error">The events cannot be read now.</p>}
      {timeline === null && !isFailing && <p class="nothing">Reading the events.</p>}
      {timeline !== null && <WhatHappened timeline={timeline} />}
    </section>
  );
}

function WhatHappened({ timeline }: { readonly timeline: Timeline }) {
  const [isTechnical, setTechnical] = useState(false);
  const { events, leftOut } = timeline;
  return (
    <section class="timeline" aria-labelledby="timeline-title">
      <div class="above">
        <h3 id="timeline-title">What happened</h3>
        <p class="nothing">
          {counted(events.length, "event")}, the latest first
          {leftOut > 0 && `; ${counted(leftOut, "earlier one")} left out`}
        </p>
        <label class="toggle">
          <input
            type="checkbox"
            checked={isTechnical}
            onChange={(event) => setTechnical(event.currentTarget.checked)}
          />{" "}
          Technical details
        </label>
      </div>
      {isTechnical ? <Events events={events.toReversed()} /> : <Happenings events={events.toReversed()} />}
    </section>
  );
}

function Mastery({
  modules,
  student,
}: {
  readonly modules: Known["class"]["modules"];
  readonly student: Pick<WireStudent, "mastery">;
}) {
  return (
    <ul class="modules" aria-label="Mastery">
      {modules.map((module, place) => {
        const cell = student.mastery[place];
        return cell ? (
          <li key={module} class={cell[1]}>
            {moduleText(module)} <b>{scoreText(cell[0])}</b> {cell[1]}
          </li>
        ) : null;
      })}
    </ul>
  );
}
