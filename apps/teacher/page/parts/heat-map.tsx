import { useMemo, useState } from "preact/hooks";
import type { Module, WireStudent } from "../../src/wire.js";
import { levels, scoreText } from "../../src/words.js";
import type { Class } from "../live/class.js";
import { isByName, matches, toggled } from "../live/filter.js";
import type { Need } from "../live/needs.js";
import { doneCount, levelCounts, type Sorting, sortedBy, sortedRows } from "../live/rows.js";
import { counted, moduleText } from "../words/texts.js";
import type { FilterProps } from "./filters.js";
import { memo } from "./memo.js";
import { studentAddress } from "./use-route.js";

type Shown = Class & {
  readonly needs: ReadonlyMap<string, Need>;
  readonly nameOf: (student: WireStudent) => string;
} & Pick<FilterProps, "filter">;

/** The students of the rows, in order. */
function useRows({ students, needs, nameOf, filter }: Shown, sorting: Sorting): readonly WireStudent[] {
  // News of how a student is changes nothing about an order of names.
  const orderedBy = sorting.by === "name" && isByName(filter) ? students.size : needs;
  const refs = useMemo(() => {
    const found = [...students.values()].filter((one) => matches(filter, one, needs.get(one.ref), nameOf(one)));
    const alertsOf = ({ ref }: WireStudent) => needs.get(ref)?.alerts.length ?? 0;
    return sortedRows(found, sorting, nameOf, alertsOf).map(({ ref }) => ref);
  }, [orderedBy, sorting, filter, nameOf]);
  return refs.flatMap((ref) => students.get(ref) ?? []);
}

/** How everybody is: a row a student, a column a module. */
export const HeatMap = memo(function HeatMap({
  isLoaded,
  setFilter,
  ...shown
}: Shown & FilterProps & { readonly isLoaded: boolean }) {
  const { modules, students, needs, nameOf, filter } = shown;
  const [sorting, setSorting] = useState<Sorting>({ by: "name", isDescending: false });
  const rows = useRows(shown, sorting);
  const heading = { sorting, sortBy: (by: Sorting["by"]) => setSorting((before) => sortedBy(before, by)) };
  return (
    <section class="mastery" aria-labelledby="mastery-title">
      <div class="above">
        <h2 id="mastery-title">
          Mastery <span class="count">{rows.length}</span>
        </h2>
        <Legend filter={filter} setFilter={setFilter} />
        <p class="explained">
          <b>Done</b>: modules in which a student is proficient or mastered. <b>Class</b>: of the students who have
          begun a module, how many have done it.
        </p>
      </div>
      <div class="scrolls">
        <table>
          <colgroup>
            <col class="name-column" />
            <col class="alerts-column" />
            <col class="module-column" span={modules.length} />
            <col class="done-column" />
          </colgroup>
          <thead>
            <tr>
              <Heading {...heading} by="name" text="Student" />
              <Heading {...heading} by="alerts" text="Alerts" />
              {modules.map((module, place) => (
                <Heading key={module} {...heading} by={place} text={moduleText(module)} />
              ))}
              <Heading {...heading} by="done" text="Done" />
            </tr>
            <ClassRow modules={modules} students={students} />
          </thead>
          <tbody>
            {rows.map((student) => (
              <Row
                key={student.ref}
                student={student}
                need={needs.get(student.ref)}
                name={nameOf(student)}
                modules={modules}
              />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && (
          <p class="nothing">
            {isLoaded ? (students.size === 0 ? "No student yet." : "No such student.") : "Reading the class."}
          </p>
        )}
      </div>
    </section>
  );
});

const levelTexts = {
  beginner: "beginner, to 40",
  learning: "learning, to 70",
  proficient: "proficient, to 90",
  mastered: "mastered, above 90",
} as const;

/** What the colours mean; each shows the students who are there in a module. */
function Legend({ filter, setFilter }: FilterProps) {
  return (
    <ul class="legend" aria-label="Levels">
      {levels.map((level) => (
        <li key={level}>
          <button
            type="button"
            class={level}
            aria-pressed={filter.level === level}
            onClick={() => setFilter(toggled(filter, "level", level))}
          >
            <b>{letterOf(level)}</b> {levelTexts[level]}
          </button>
        </li>
      ))}
      <li class="unknown">– not begun</li>
    </ul>
  );
}

const letterOf = (level: string) => level[0]?.toUpperCase();

function Heading({
  by,
  text,
  sorting,
  sortBy,
}: {
  readonly by: Sorting["by"];
  readonly text: string;
  readonly sorting: Sorting;
  readonly sortBy: (by: Sorting["by"]) => void;
}) {
  const order = sorting.by !== by ? "none" : sorting.isDescending ? "descending" : "ascending";
  return (
    <th scope="col" aria-sort={order} class={by === "name" ? "name" : "upright"}>
      <button type="button" class="sort" onClick={() => sortBy(by)}>
        <span class="head">{text}</span>
        {order !== "none" && <i class={`arrow ${order}`} aria-hidden="true" />}
      </button>
    </th>
  );
}

/** Of each module, how the class is spread over the levels. */
const ClassRow = memo(function ClassRow({
  modules,
  students,
}: {
  readonly modules: readonly Module[];
  readonly students: ReadonlyMap<string, WireStudent>;
}) {
  return (
    <tr class="class-row">
      <th scope="row" class="name">
        Class
      </th>
      <td />
      {modules.map((module, place) => {
        const counts = levelCounts(students.values(), place);
        const all = levels.reduce((sum, level) => sum + counts[level], 0);
        const done = counts.proficient + counts.mastered;
        return (
          <td key={module} title={levels.map((level) => `${counts[level]} ${level}`).join(", ")}>
            <span class="bar" aria-hidden="true">
              {levels.map(
                (level) => counts[level] > 0 && <i key={level} class={level} style={{ flexGrow: counts[level] }} />,
              )}
            </span>
            {all === 0 ? (
              "–"
            ) : (
              <>
                {done}/<wbr />
                {all}
              </>
            )}
          </td>
        );
      })}
      <td />
    </tr>
  );
});

const Row = memo(function Row({
  student,
  need,
  name,
  modules,
}: {
  readonly student: WireStudent;
  readonly need: Need | undefined;
  readonly name: string;
  readonly modules: readonly Module[];
}) {
  return (
    <tr>
      <th scope="row" class="name">
        <a class="named-link" href={studentAddress(student.ref)}>
          {name}
        </a>
      </th>
      <td class="alert-count">
        {need && need.alerts.length > 0 && (
          <span class={`badge ${need.severity}`} title={counted(need.alerts.length, "open alert")}>
            {need.alerts.length}
          </span>
        )}
      </td>
      {modules.map((module, place) => {
        const cell = student.mastery[place];
        if (!cell)
          return (
            <td key={module} class="unknown">
              –
            </td>
          );
        const [score, level] = cell;
        return (
          <td key={module} class={level} title={`${moduleText(module)}: ${level}, ${score}`}>
            <b class="letter">{letterOf(level)}</b> <span class="score">{scoreText(score)}</span>
          </td>
        );
      })}
      <td class="done">
        {doneCount(student)}/{modules.length}
      </td>
    </tr>
  );
});
