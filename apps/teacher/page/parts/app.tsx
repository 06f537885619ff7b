import { useMemo } from "preact/hooks";
import { openAlerts } from "../live/class.js";
import { Alerts } from "./alerts.js";
import { Announcer } from "./announcer.js";
import { Header } from "./header.js";
import { HeatMap } from "./heat-map.js";
import { Student } from "./student.js";
import { useClass } from "./use-class.js";
import { useNames } from "./use-names.js";
import { useRoute } from "./use-route.js";

/** The whole page. */
export function App() {
  const known = useClass();
  const { students } = known.class;
  const naming = useNames(students.size);
  const open = useMemo(() => openAlerts(known.class), [known.class]);
  const ref = useRoute();
  const nowMs = known.status?.nowMs ?? Date.now();
  return (
    <>
      <Header known={known} open={open} naming={naming} />
      <Announcer open={open} isLoaded={known.isLoaded} nameOf={naming.nameOf} />
      <main class={ref === null ? "both" : "both one-student"}>
        <Alerts known={known} open={open} nowMs={nowMs} nameOf={naming.nameOf} />
        {ref === null ? (
          <HeatMap known={known} nameOf={naming.nameOf} />
        ) : (
          <Student key={ref} reference={ref} known={known} nowMs={nowMs} nameOf={naming.nameOf} />
        )}
      </main>
    </>
  );
}
