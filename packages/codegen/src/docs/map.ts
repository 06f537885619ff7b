import type { EmitContext } from "../emit/context.js";
import type { TopicNames } from "../names/plan.js";
import { appsOf, partiesOf } from "./context.js";
import { html } from "./markdown.js";

/** How the map is drawn. */
export interface MapOptions {
  /** Where a topic's name leads; null for nowhere. */
  readonly hrefOf: (topic: TopicNames) => string | null;
}

const row = 36;
const box = 26;
const top = 12;
const columns = { sender: 8, topic: 248, receiver: 528, width: 700 } as const;
const widths = { app: 164, topic: 200 } as const;

/** Longest name that is written out whole. */
const longestName = { app: 20, topic: 25 } as const;

const shortened = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

interface Placed {
  readonly name: string;
  readonly y: number;
}

/**
 * A drawing of what sends to which topic and what receives from it, as SVG: senders, topics and receivers in three
 * columns. Its colours come from CSS variables (`--map-ink`, `--map-line`, `--map-app`, `--map-topic`, `--map-accent`)
 * where it stands in a page, else from the reader's preference for light or dark.
 */
export function drawMap(context: EmitContext, { hrefOf }: MapOptions): string {
  const { topics } = context.names;
  const sends = topics.map((topic) => appsOf(partiesOf(topic, "send", context)));
  const receives = topics.map((topic) => appsOf(partiesOf(topic, "receive", context)));
  const height = Math.max(topics.length, new Set(sends.flat()).size, new Set(receives.flat()).size) * row + top;
  const senders = place(sends, height);
  const receivers = place(receives, height);
  const groups = topics.map((topic, index) => {
    const y = top + index * row + (height - top - topics.length * row) / 2;
    const from = (sends[index] ?? []).map((app) =>
      edge(columns.sender + widths.app, yOf(senders, app), columns.topic, y),
    );
    const to = (receives[index] ?? []).map((app) =>
      edge(columns.topic + widths.topic, y, columns.receiver, yOf(receivers, app)),
    );
    return `<g class="flow">${[...from, ...to].join("")}${topicBox(topic, y, hrefOf(topic))}</g>`;
  });
  return [
    `<svg class="map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns.width} ${height}" role="group" aria-label="${html(labelOf(context))}">`,
    `<style>${style}</style>`,
    ...groups,
    ...senders.map((app) => appBox(app, columns.sender)),
    ...receivers.map((app) => appBox(app, columns.receiver)),
    "</svg>",
    "",
  ].join("\n");
}

const labelOf = ({ names, contract }: EmitContext) =>
  `${contract.title}: the senders and receivers of the ${names.topics.length} topics`;

const yOf = (apps: readonly Placed[], name: string) => apps.find((one) => one.name === name)?.y ?? 0;

/** Apps in the order of the topics that they speak with, spread over the height. */
function place(byTopic: readonly (readonly string[])[], height: number): readonly Placed[] {
  const rows = new Map<string, number[]>();
  byTopic.forEach((apps, index) => {
    for (const app of apps) rows.set(app, [...(rows.get(app) ?? []), index]);
  });
  const middle = (indexes: readonly number[]) => indexes.reduce((sum, index) => sum + index, 0) / indexes.length;
  const sorted = [...rows].sort(([, a], [, b]) => middle(a) - middle(b));
  const step = (height - top) / Math.max(1, sorted.length);
  return sorted.map(([name], index) => ({ name, y: Math.round(top + (index + 0.5) * step - row / 2) }));
}

function edge(x1: number, y1: number, x2: number, y2: number): string {
  const [a, b] = [y1 + box / 2, y2 + box / 2];
  const bend = Math.round((x2 - x1) / 2);
  return `<path d="M${x1} ${a}C${x1 + bend} ${a} ${x2 - bend} ${b} ${x2} ${b}"/>`;
}

function topicBox({ channel }: TopicNames, y: number, href: string | null): string {
  const name = html(shortened(channel.address, longestName.topic));
  const shape = `<rect x="${columns.topic}" y="${y}" width="${widths.topic}" height="${box}" rx="5"/><text x="${columns.topic + 12}" y="${y + 17}">${name}</text>`;
  const title = `<title>${html(channel.address)}</title>`;
  return href === null ? `${title}${shape}` : `<a href="${html(href)}">${title}${shape}</a>`;
}

function appBox({ name, y }: Placed, x: number): string {
  return `<g class="app"><title>${html(name)}</title><rect x="${x}" y="${y}" width="${widths.app}" height="${box}" rx="13"/><text x="${x + widths.app / 2}" y="${y + 17}">${html(shortened(name, longestName.app))}</text></g>`;
}

const style = [
  ".map{--ink:var(--map-ink,#24292f);--line:var(--map-line,#c3cad3);--app:var(--map-app,#eef1f5);--topic:var(--map-topic,#fff);--accent:var(--map-accent,#2f5bd7);font:500 12.5px/1 var(--map-font,system-ui,sans-serif)}",
  "@media (prefers-color-scheme:dark){.map{--ink:var(--map-ink,#e6e9ee);--line:var(--map-line,#454d59);--app:var(--map-app,#262b33);--topic:var(--map-topic,#14171c);--accent:var(--map-accent,#8fb0ff)}}",
  ".map path{fill:none;stroke:var(--line);stroke-width:1.25}",
  ".map text{fill:var(--ink)}",
  ".map .flow rect{fill:var(--topic);stroke:var(--line)}",
  ".map .flow text{font-family:var(--map-mono,ui-monospace,monospace);font-size:12px}",
  ".map .app rect{fill:var(--app)}",
  ".map .app text{text-anchor:middle}",
  ".map .flow:hover path,.map .flow:focus-within path,.map .flow:hover rect,.map .flow:focus-within rect{stroke:var(--accent);stroke-width:1.75}",
  ".map a:hover text,.map a:focus text{fill:var(--accent)}",
].join("");
