/** From the picture's left and top, in pixels of a picture that is 480 wide. */
type Point = readonly [x: number, y: number];

/** `own` is what the picture is about, `quiet` stands aside, `bad` is refused. */
type Tone = "plain" | "own" | "quiet" | "bad";

/** What pictures consist of. */
export type Shape =
  /** A topic's partition: records from left to right in the order in which they lie there. */
  | { readonly kind: "log"; readonly at: Point; readonly name: string; readonly records: readonly LogRecord[] }
  /** A process, a table, a step: lines of text in a frame. */
  | {
      readonly kind: "box";
      readonly at: Point;
      readonly size: Point;
      readonly lines: readonly string[];
      readonly tone?: Tone;
    }
  /** What belongs together: a frame with its name above what is in it. */
  | { readonly kind: "area"; readonly at: Point; readonly size: Point; readonly name: string }
  /** From one point to another; with `isStopped` it does not arrive. */
  | {
      readonly kind: "arrow";
      readonly from: Point;
      readonly to: Point;
      readonly tone?: Tone;
      readonly isStopped?: boolean;
    }
  /** Words beside other shapes. */
  | { readonly kind: "text"; readonly at: Point; readonly text: string; readonly tone?: Tone };

/** A record of a log. */
type LogRecord = readonly [text: string, tone?: Tone];

/** A picture as data. */
export interface Picture {
  readonly height: number;
  /** What the picture shows, in sentences, for those who do not see it. */
  readonly says: string;
  readonly shapes: readonly Shape[];
}

export const width = 480;

/** The size of a record in a log. */
export const record = { width: 44, height: 30 } as const;

/** What a character takes at most on average, in text of 12 pixels. */
export const characterWidth = 6.6;

/** A picture as SVG. Its colours are those of the page in which it stands, else the reader's choice of light or dark. */
export function drawPicture({ height, says, shapes }: Picture): string {
  const head = `<svg class="picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(says)}">`;
  return `${head}<style>${style}</style>${shapes.map(draw).join("")}</svg>\n`;
}

function draw(shape: Shape): string {
  switch (shape.kind) {
    case "log":
      return drawLog(shape);
    case "box": {
      const [x, y] = shape.at;
      const [w, h] = shape.size;
      const first = y + h / 2 - (shape.lines.length - 1) * 8;
      const lines = shape.lines.map((line, index) => words([x + w / 2, first + index * 16], line, "mid"));
      return `<g class="${shape.tone ?? "plain"}">${frame(shape.at, shape.size, 6)}${lines.join("")}</g>`;
    }
    case "area": {
      const [x, y] = shape.at;
      return `<g class="area">${frame(shape.at, shape.size, 10)}${words([x + 10, y + 12], shape.name, "quiet")}</g>`;
    }
    case "arrow":
      return drawArrow(shape);
    case "text":
      return `<g class="${shape.tone ?? "plain"}">${words(shape.at, shape.text, "free")}</g>`;
  }
}

function drawLog({ at: [x, y], name, records }: Extract<Shape, { kind: "log" }>): string {
  const size: Point = [record.width, record.height];
  const cells = records.map(([text, tone = "plain"], index) => {
    const left = x + index * record.width;
    const middle: Point = [left + record.width / 2, y + record.height / 2];
    return `<g class="${tone}">${frame([left, y], size, 0)}${words(middle, text, "mid mono")}</g>`;
  });
  return `${words([x, y - 10], name, "mono quiet")}${cells.join("")}`;
}

function drawArrow({ from, to, tone = "plain", isStopped = false }: Extract<Shape, { kind: "arrow" }>): string {
  const [[x1, y1], [x2, y2]] = [from, to];
  const angle = Math.round((Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI);
  const tip = isStopped ? "M-6 -6L6 6M-6 6L6 -6" : "M-7 -4L0 0L-7 4";
  const end = `<path d="${tip}" transform="translate(${x2} ${y2}) rotate(${angle})"/>`;
  return `<g class="${tone}"><path d="M${x1} ${y1}L${x2} ${y2}"/>${end}</g>`;
}

const frame = ([x, y]: Point, [w, h]: Point, radius: number) =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${radius}"/>`;

const words = ([x, y]: Point, text: string, kind: string) =>
  `<text class="${kind}" x="${x}" y="${y}">${escaped(text)}</text>`;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const style = [
  ".picture{--ink:var(--map-ink,#24292f);--faint:var(--map-faint,#59616e);--line:var(--map-line,#aab2bf);--fill:var(--map-topic,#fff);--own:var(--map-own,#dfe8ff);--accent:var(--map-accent,#2450c8);--bad:var(--map-bad,#b3261e);font:500 12px/1 var(--map-font,system-ui,sans-serif)}",
  "@media (prefers-color-scheme:dark){.picture{--ink:var(--map-ink,#e6e9ee);--faint:var(--map-faint,#a2a9b6);--line:var(--map-line,#565f6d);--fill:var(--map-topic,#14171c);--own:var(--map-own,#22335f);--accent:var(--map-accent,#8fb0ff);--bad:var(--map-bad,#ff9d94)}}",
  ".picture text{fill:var(--ink);dominant-baseline:central}",
  ".picture .mid{text-anchor:middle}",
  ".picture .mono{font-family:var(--map-mono,ui-monospace,monospace);font-size:11.5px}",
  ".picture rect{fill:var(--fill);stroke:var(--line)}",
  ".picture path{fill:none;stroke:var(--line);stroke-width:1.5}",
  ".picture .own rect{fill:var(--own);stroke:var(--accent)}",
  ".picture .own path{stroke:var(--accent)}",
  ".picture .own .free{fill:var(--accent)}",
  ".picture .quiet rect{stroke-dasharray:3 3}",
  ".picture .quiet,.picture .quiet text{fill:var(--faint)}",
  ".picture .bad rect{stroke:var(--bad);stroke-dasharray:3 3}",
  ".picture .bad path{stroke:var(--bad)}",
  ".picture .bad .free{fill:var(--bad)}",
  ".picture .area rect{fill:none;stroke-dasharray:6 4}",
].join("");
