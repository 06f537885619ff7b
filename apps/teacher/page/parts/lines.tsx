import type { Graph } from "./graph.js";

export type Link = Graph["links"][number];

/** As high as a row of the list is: its style says so too. */
const rowHeight = 70;
const laneWidth = 13;
const margin = 10;
const firstLine = 19;

const x = (lane: number) => margin + lane * laneWidth;
const y = (row: number) => row * rowHeight + firstLine;

/** The picture beside the list where there is room for it; the list says the same in words. */
export function Lines({ graph, isNear }: { readonly graph: Graph; readonly isNear: (link: Link) => boolean }) {
  const width = x(graph.topics.length - 1) + margin;
  const height = graph.dots.length * rowHeight;
  return (
    <svg class="lines" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {graph.topics.map((topic, lane) => (
        <line key={topic} class="lane" x1={x(lane)} x2={x(lane)} y1={0} y2={height} />
      ))}
      {graph.links.map((link) => (
        <path key={`${link.from} ${link.to}`} class={isNear(link) ? "link near" : "link"} d={curve(link)} />
      ))}
      {graph.dots.map(({ name, lane, row, kind }) => (
        <circle key={name} class={`dot ${kind}`} cx={x(lane)} cy={y(row)} r={4.5} />
      ))}
    </svg>
  );
}

function curve({ fromLane, fromRow, toLane, toRow }: Link): string {
  const [x1, y1, x2, y2] = [x(fromLane), y(fromRow), x(toLane), y(toRow)];
  const bend = Math.min(rowHeight / 2, Math.abs(y1 - y2) / 2);
  return `M${x1} ${y1} C${x1} ${y1 - bend} ${x2} ${y2 + bend} ${x2} ${y2}`;
}
