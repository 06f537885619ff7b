import { useMemo, useState } from "preact/hooks";
import type { Module, WireStudent } from "../../src/wire.js";
import { type Class, openGroups } from "../live/class.js";
import { doneCount, isProficient, levelCounts, levels, type Sorting, sortedRows } from "../live/rows.js";
import { moduleText } from "../words/texts.js";
import { memo } from "./memo.js";
import { studentAddress } from "./use-route.js";

/** How everybody is: a row a student, a column a module. */
export const HeatMap = memo(function HeatMap({
  modules,
  students,
  isLoaded,
  nameOf,
}: Class & {
  readonly isLoaded: boolean;
  readonly nameOf: (student: WireStudent) => string;
}) {
  const [sorting, setSorting] = useState<Sorting>({ by: "name", isDescending: false });
  const [wanted, setWanted] = useState("");
  // News of how a student is changes nothing about an order of names.
  const orderedBy = sorting.by === "name" ? students.size : students;
  const refs = useMemo(() => {
    const needle = wanted.trim().toLowerCase();
    const found = [...students.values()].filter((student) => nameOf(student).toLowerCase().includes(needle));
    return sortedRows(found, sorting, nameOf).map(({ ref }) => ref);
  }, [orderedBy, sorting, wanted, nameOf]);
  const rows = refs.flatMap((ref) => students.get(ref) ?? []);
  const sortBy = (by: Sorting["by"]) =>
    setSorting((before) => ({ by, isDescending: before.by === by && !before.isDescending }));
  const heading = { sorting, sortBy };
  return (
    <section class="mastery" aria-labelledby="mastery-title">
      <div class="above">
        <h2 id="mastery-title">Mastery</h2>
        <Legend />
        <input
          type="search"
          placeholder="Find a student"
          aria-label="Find a student"
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </div>
      <div class="scrolls">
        <table>
          <colgroup>
            <col class="name-column" />
            <col span={modules.length} />
            <col class="done-column" />
          </colgroup>
          <thead>
            <tr>
              <Heading {...heading} by="name" text="Student" />
              {modules.map((module, place) => (
                <Heading key={module} {...heading} by={place} text={moduleText(module)} />
              ))}
              <Heading {...heading} by="done" text="Done" hint="modules at proficient or mastered" />
            </tr>
            <ClassRow modules={modules} students={students} />
          </thead>
          <tbody>
            {rows.map((student) => (
              <Row key={student.ref} student={student} name={nameOf(student)} modules={modules} />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && (
          <p class="nothing">
            {isLoaded ? (students.size === 0 ? "Nobody has come yet." : "No such student.") : "Reading the class."}
          </p>
        )}
      </div>
    </section>
  );
});

function Legend() {
  return (
    <ul class="legend" aria-label="Levels">
      <li class="beginner">
        <b>B</b> beginner, to 40
      </li>
      <li class="learning">
        <b>L</b> learning, to 70
      </li>
      <li class="proficient">
        <b>P</b> proficient, to 90
      </li>
      <li class="mastered">
        <b>M</b> mastered
      </li>
      <li class="unknown">– not begun</li>
    </ul>
  );
}

function Heading({
  by,
  text,
  hint,
  sorting,
  sortBy,
}: {
  readonly by: Sorting["by"];
  readonly text: string;
  readonly hint?: string;
  readonly sorting: Sorting;
  readonly sortBy: (by: Sorting["by"]) => void;
}) {
  const isSorted = sorting.by === by;
  const order = sorting.isDescending ? "descending" : "ascending";
  return (
    <th scope="col" aria-sort={isSorted ? order : "none"} class={by === "name" ? "name" : ""}>
      <button type="button" class="sort" onClick={() => sortBy(by)} title={hint}>
        {text}
        <span class="arrow" aria-hidden="true">
          {isSorted ? (sorting.isDescending ? "▼" : "▲") : ""}
        </span>
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
            {all === 0 ? "–" : `${done}/${all}`}
          </td>
        );
      })}
      <td />
    </tr>
  );
});

const Row = memo(function Row({
  student,
  name,
  modules,
}: {
  readonly student: WireStudent;
  readonly name: string;
  readonly modules: readonly Module[];
}) {
  const open = openGroups(student).length;
  const known = student.mastery.filter((cell) => cell !== null).length;
  return (
    <tr>
      <th scope="row" class="name">
        <span class="named">
          <a class="named-link" href={studentAddress(student.ref)}>
            {name}
          </a>
          {open > 0 && (
            <span class="badge" title={`${open} open`}>
              {open}
              <span class="only-heard"> open alerts</span>
            </span>
          )}
        </span>
      </th>
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
            <b class="letter">{level[0]?.toUpperCase()}</b> {Math.round(score)}
          </td>
        );
      })}
      <td
        class={
          known > 0 && student.mastery.every((cell) => cell === null || isProficient(cell[1])) ? "done all" : "done"
        }
      >
        {doneCount(student)}/{modules.length}
      </td>
    </tr>
  );
});
