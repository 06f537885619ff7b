import { useMemo, useState } from "preact/hooks";
import { openAlerts } from "../live/class.js";
import { Alerts } from "./alerts.js";
import { Announcer } from "./announcer.js";
import { Header } from "./header.js";
import { HeatMap } from "./heat-map.js";
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
  const open = useMemo(() => openAlerts(known.class), [known.class]);
  const seeing = useSeen();
  const ref = useRoute();
  const [tab, setTab] = useState<Tab>("alerts");
  const nowMs = known.status?.nowMs ?? Date.now();
  return (
    <>
      <Header known={known} open={open} naming={naming} />
      <Announcer open={open} isLoaded={known.isLoaded} nameOf={naming.nameOf} />
      {ref === null && <Tabs tab={tab} setTab={setTab} open={open.length} />}
      <main class={ref === null ? `both shows-${tab}` : "both one-student"}>
        <Alerts known={known} open={open} nowMs={nowMs} nameOf={naming.nameOf} seeing={seeing} />
        {ref === null ? (
          <HeatMap {...known.class} isLoaded={known.isLoaded} nameOf={naming.nameOf} />
        ) : (
          <Student key={ref} reference={ref} known={known} nowMs={nowMs} nameOf={naming.nameOf} see={seeing.see} />
        )}
      </main>
    </>
  );
}

type Tab = "alerts" | "mastery";

/** On a narrow screen, which half is shown. */
function Tabs({
  tab,
  setTab,
  open,
}: {
  readonly tab: Tab;
  readonly setTab: (tab: Tab) => void;
  readonly open: number;
}) {
  return (
    <nav class="tabs" aria-label="What is shown">
      <button type="button" aria-pressed={tab === "alerts"} onClick={() => setTab("alerts")}>
        Needs help {open}
      </button>
      <button type="button" aria-pressed={tab === "mastery"} onClick={() => setTab("mastery")}>
        Mastery
      </button>
    </nav>
  );
}
