import type { AppLag } from "../../src/wire.js";
import { type AlertGroup, severities } from "../live/class.js";
import { severityMarks } from "../words/texts.js";
import type { Known } from "./use-class.js";
import type { Naming } from "./use-names.js";

/** Who is there, what is open, and whether what is shown is true. */
export function Header({
  known,
  open,
  naming,
}: {
  readonly known: Known;
  readonly open: readonly AlertGroup[];
  readonly naming: Naming;
}) {
  return (
    <header class="top">
      <h1>
        <a href="#">Class</a>
      </h1>
      <ul class="figures" aria-label="In short">
        <li>
          <b>{known.class.students.size}</b> students
        </li>
        {severities.map((severity) => (
          <li key={severity} class={`figure ${severity}`}>
            <span aria-hidden="true">{severityMarks[severity]}</span>{" "}
            <b>{open.filter(({ latest }) => latest.severity === severity).length}</b> {severity}
          </li>
        ))}
      </ul>
      <div class="state">
        <label class="toggle">
          <input
            type="checkbox"
            checked={naming.showsIds}
            onChange={(event) => naming.setShowsIds(event.currentTarget.checked)}
          />{" "}
          Show student ids
        </label>
        <Connection known={known} />
      </div>
    </header>
  );
}

function Connection({ known: { isLive, isLoaded, status } }: { readonly known: Known }) {
  const apps = status?.apps ?? null;
  const state = isLive ? "live" : isLoaded ? "lost" : "waiting";
  const text = { live: "Live", lost: "Connection lost, trying again", waiting: "Connecting" }[state];
  return (
    <div class="connection">
      <p role="status" class={`pill ${state}`}>
        {text}
      </p>
      {isLive && status !== null && (
        <ul class="apps" aria-label="How far behind the apps are">
          {apps === null ? (
            <li class="behind">the log cannot be asked</li>
          ) : (
            apps.map((app) => <App key={app.app} app={app} />)
          )}
        </ul>
      )}
    </div>
  );
}

/** Longer than any batch takes. */
const standsStillMs = 10_000;

function App({ app: { app, behind, stalledMs } }: { readonly app: AppLag }) {
  const stands = behind > 0 && stalledMs > standsStillMs;
  const text = behind === 0 ? "up to date" : `${behind} behind`;
  return (
    <li class={stands ? "stands" : behind > 0 ? "behind" : "even"}>
      {app} <b>{stands ? `${text}, stands still for ${Math.round(stalledMs / 1000)} s` : text}</b>
    </li>
  );
}
