import { useEffect, useRef } from "preact/hooks";
import type { WireStudent } from "../../src/wire.js";
import { type AlertGroup, openGroups } from "../live/class.js";
import { moduleText } from "../words/texts.js";
import { AlertCard } from "./alert-card.js";
import { Events } from "./events.js";
import type { Known } from "./use-class.js";
import { useTimeline } from "./use-timeline.js";

/** One student: mastery, and all that happened, the latest first. */
export function Student({
  reference,
  known,
  nowMs,
  nameOf,
  see,
}: {
  readonly reference: string;
  readonly known: Known;
  readonly nowMs: number;
  readonly nameOf: (student: Pick<WireStudent, "ref" | "pseudonym">) => string;
  readonly see: (group: AlertGroup) => Promise<void>;
}) {
  const student = known.class.students.get(reference);
  const open = student ? openGroups(student) : [];
  const { timeline, isFailing } = useTimeline(reference, student);
  const heading = useRef<HTMLHeadingElement>(null);
  // A reader who came by keyboard goes on from here.
  useEffect(() => heading.current?.focus(), []);

  return (
    <section class="student" aria-labelledby="student-title">
      <p class="back">
        <a href="#class">← Class</a>
      </p>
      <h2 id="student-title" tabIndex={-1} ref={heading}>
        {student ? nameOf(student) : (timeline?.pseudonym ?? "A student")}
      </h2>
      {student && <Mastery modules={known.class.modules} student={student} />}
      {open.length > 0 && (
        <ul class="cards own" aria-label="Open alerts">
          {open.map((group) => (
            <AlertCard
              key={group.key}
              group={group}
              name={nameOf(group.student)}
              minute={Math.floor(nowMs / 60_000)}
              see={see}
            />
          ))}
        </ul>
      )}
      {isFailing && <p class="error">The events cannot be read now.</p>}
      {timeline === null && !isFailing && <p class="nothing">Reading the events.</p>}
      {timeline !== null && <Events timeline={timeline} />}
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
            {moduleText(module)} <b>{cell[1][0]?.toUpperCase()}</b> {Math.round(cell[0])}
          </li>
        ) : null;
      })}
    </ul>
  );
}
