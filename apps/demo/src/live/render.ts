import { styleText } from "node:util";
import { countLevels, type LiveModel, levelColours, type SeenAlert } from "./model.js";

/** What a picture of the class is made from. */
export interface Picture {
  readonly model: LiveModel;
  /** Events that both apps have handled. */
  readonly handled: number;
  readonly elapsedMs: number;
  readonly totalMs: number;
  /** The classroom's time. */
  readonly classMs: number;
  readonly colours: boolean;
}

type Colour = (typeof levelColours)[number][1];

const barWidth = 48;
const shownAlerts = 6;

/** The whole picture, for a screen that is drawn again. */
export function renderScreen(picture: Picture): readonly string[] {
  const { model } = picture;
  const alerts = model.alerts.slice(-shownAlerts).map((alert) => alertLine(alert, picture.colours));
  return [
    ...progressParts(picture).map((parts) => parts.join("  ")),
    "",
    ...levelBars(picture),
    "",
    `alerts: ${model.alerts.length}`,
    ...alerts,
    ...Array<string>(shownAlerts - alerts.length).fill(""),
  ];
}

/** One line for now. */
export function progressLine(picture: Picture): string {
  return progressParts(picture).flat().join("  ");
}

/** Two lines: a terminal of 80 columns has no room for one, and a line that wraps cannot be drawn again. */
function progressParts({ model, handled, elapsedMs, totalMs, classMs }: Picture): readonly (readonly string[])[] {
  // The class ends before the apps have caught up with it.
  const classElapsedMs = Math.min(elapsedMs, totalMs);
  const waits = elapsedMs > totalMs ? ", finishing" : "";
  const seconds = `${(classElapsedMs / 1000).toFixed(0)}/${(totalMs / 1000).toFixed(0)} s${waits}`;
  const rate = Math.round(model.published / Math.max(0.001, classElapsedMs / 1000));
  const time = new Date(classMs).toISOString().slice(0, 16).replace("T", " ");
  return [
    [seconds, `class time ${time}`, `${model.students.size} students`],
    [`${model.published} events published`, `${handled} handled by both apps`, `${rate}/s`],
  ];
}

/** How many rows stand at each level, one line. */
export function levelLine(levels: Iterable<string>, colours: boolean): string {
  const counts = countLevels(levels);
  return levelColours.map(([level, colour]) => painted(`${level} ${counts.get(level)}`, colour, colours)).join("  ");
}

function levelBars({ model, colours }: Picture): readonly string[] {
  const counts = countLevels(model.levels.values());
  const most = Math.max(1, ...counts.values());
  return levelColours.map(([level, colour]) => {
    const count = counts.get(level) ?? 0;
    const bar = "\u2588".repeat(Math.round((barWidth * count) / most));
    return `${level.padEnd(11)}${painted(bar, colour, colours)} ${count}`;
  });
}

const severityColours: { readonly [severity: string]: Colour } = { high: "red", medium: "yellow", low: "blue" };

export function alertLine({ studentId, trigger, severity, module, atMs }: SeenAlert, colours: boolean): string {
  const time = new Date(atMs).toISOString().slice(5, 19).replace("T", " ");
  const what = painted(`${severity.padEnd(6)} ${trigger.padEnd(20)}`, severityColours[severity] ?? "blue", colours);
  return `  ${time}  ${what} student ${studentId}${module === null ? "" : `, ${module}`}`;
}

/** What is above is decided once, by whether the output is a terminal; so it is not decided again here. */
function painted(text: string, colour: Colour, colours: boolean): string {
  return colours ? styleText(colour, text, { validateStream: false }) : text;
}
