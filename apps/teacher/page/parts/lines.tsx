import { useEffect, useState } from "preact/hooks";
import type { Graph } from "./graph.js";

export type Link = Graph["links"][number];

/** How the picture is measured. */
interface Measures {
  /** As high as a row of the list is: its style says so too. */
  readonly rowHeight: number;
  readonly laneWidth: number;
}

const wide: Measures = { rowHeight: 70, laneWidth: 13 };
const narrow: Measures = { rowHeight: 118, laneWidth: 7 };
const isNarrow = matchMedia("(max-width: 860px)");
const margin = 10;
const firstLine = 19;

/** The measures that fit the window, also when it is turned. */
function useMeasures(): Measures {
  const [measures, setMeasures] = useState(isNarrow.matches ? narrow : wide);
  useEffect(() => {
    const changed = () => setMeasures(isNarrow.matches ? narrow : wide);
    isNarrow.addEventListener("change", changed);
    return () => isNarrow.removeEventListener("change", changed);
  }, []);
  return measures;
}

/** The picture beside the list: for those who see it; the list says the same in words. */
export function Lines({ graph, isNear }: { readonly graph: Graph; readonly isNear: (link: Link) => boolean }) {
  const measures = useMeasures();
  const { rowHeight } = measures;
  const { x, y } = scalesOf(measures);
  const width = x(graph.topics.length - 1) + margin;
  const height = graph.dots.length * rowHeight;
  return (
    <svg class="lines" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {graph.topics.map((topic, lane) => (
        <line key={topic} class="lane" x1={x(lane)} x2={x(lane)} y1={0} y2={height} />
      ))}
      {graph.links.map((link) => (
        <path key={`${link.from} ${link.to}`} class={isNear(link) ? "link near" : "link"} d={curve(link, measures)} />
      ))}
      {graph.dots.map(({ name, lane, row, kind }) => (
        <circle key={name} class={`dot ${kind}`} cx={x(lane)} cy={y(row)} r={4.5} />
      ))}
    </svg>
  );
}

function scalesOf({ rowHeight, laneWidth }: Measures) {
  return {
    x: (lane: number) => margin + lane * laneWidth,
    y: (row: number) => row * rowHeight + firstLine,
  };
}

function curve({ fromLane, fromRow, toLane, toRow }: Link, measures: Measures): string {
  const { x, y } = scalesOf(measures);
  const [x1, y1, x2, y2] = [x(fromLane), y(fromRow), x(toLane), y(toRow)];
  const bend = Math.min(measures.rowHeight / 2, Math.abs(y1 - y2) / 2);
  return `M${x1} ${y1} C${x1} ${y1 - bend} ${x2} ${y2 + bend} ${x2} ${y2}`;
}
