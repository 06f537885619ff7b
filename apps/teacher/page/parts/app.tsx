import { useMemo, useState } from "preact/hooks";
import { commonErrors, countsOf, isEmpty, matches, noFilter } from "../live/filter.js";
import { needsOf } from "../live/needs.js";
import { Announcer } from "./announcer.js";
import { Filters } from "./filters.js";
import { Header } from "./header.js";
import { HeatMap } from "./heat-map.js";
import { NeedsHelp } from "./needs-help.js";
import { Student } from "./student.js";
import { useClass } from "./use-class.js";
import { useNames } from "./use-names.js";
import { useRoute } from "./use-route.js";
import { useSeen } from "./use-seen.js";

/** The whole page. */
export function App() {
  const known = useClass();
  const { students } = known.class;
  const naming = useNames(students.size);
  const { nameOf } = naming;
  const seeing = useSeen();
  const [filter, setFilter] = useState(noFilter);
  const needs = useMemo(() => needsOf(known.class, seeing.marks), [known.class, seeing.marks]);
  const counts = useMemo(() => countsOf(needs.values(), filter, nameOf), [needs, filter, nameOf]);
  const errors = useMemo(() => commonErrors(needs.values(), filter.error), [needs, filter.error]);
  const shown = useMemo(
    () => [...needs.values()].filter((need) => matches(filter, need.student, need, nameOf(need.student))),
    [needs, filter, nameOf],
  );
  const ref = useRoute();
  const [tab, setTab] = useState<Tab>("help");
  const nowMs = known.status?.nowMs ?? Date.now();
  return (
    <>
      <Header known={known} naming={naming} />
      <Announcer needs={needs} isLoaded={known.isLoaded} nameOf={nameOf} />
      <div class={ref === null ? `page shows-${tab}` : "page one-student"}>
        <Tabs tab={tab} setTab={setTab} needs={shown.length} />
        <Filters filter={filter} setFilter={setFilter} counts={counts} errors={errors} students={students.size} />
        {seeing.error !== null && (
          <p role="alert" class="error">
            {seeing.error}
          </p>
        )}
        <main class="both">
          <NeedsHelp
            known={known}
            needs={shown}
            isFiltered={!isEmpty(filter)}
            nowMs={nowMs}
            nameOf={nameOf}
            seeing={seeing}
          />
          {ref === null ? (
            <HeatMap
              {...known.class}
              needs={needs}
              isLoaded={known.isLoaded}
              nameOf={nameOf}
              filter={filter}
              setFilter={setFilter}
            />
          ) : (
            <Student
              key={ref}
              reference={ref}
              known={known}
              need={needs.get(ref)}
              nowMs={nowMs}
              nameOf={nameOf}
              seeing={seeing}
            />
          )}
        </main>
      </div>
    </>
  );
}

type Tab = "help" | "mastery";

/** On a narrow screen, which half is shown. */
function Tabs({
  tab,
  setTab,
  needs,
}: {
  readonly tab: Tab;
  readonly setTab: (tab: Tab) => void;
  readonly needs: number;
}) {
  return (
    <nav class="tabs" aria-label="What is shown">
      <button type="button" aria-pressed={tab === "help"} onClick={() => setTab("help")}>
        Needs help {needs}
      </button>
      <button type="button" aria-pressed={tab === "mastery"} onClick={() => setTab("mastery")}>
        Mastery
      </button>
    </nav>
  );
}
