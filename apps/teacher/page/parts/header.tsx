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
        <a href="#class">Class</a>
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
  const state = isLive ? "live" : isLoaded ? "lost" : "waiting";
  const text = { live: "Live", lost: "Connection lost, trying again", waiting: "Connecting" }[state];
  return (
    <div class="connection">
      <p role="status" class={`pill ${state}`}>
        {text}
      </p>
      {isLive && status !== null && <Behind apps={status.apps} />}
    </div>
  );
}

/** Longer than any batch takes. */
const standsStillMs = 10_000;

function Behind({ apps }: { readonly apps: readonly AppLag[] | null }) {
  if (apps === null) return <p class="apps behind">the log cannot be asked</p>;
  return (
    <ul class="apps" aria-label="Events that each app is behind" title="Events that each app has not handled">
      {apps.map(({ app, behind, stalledMs }) => {
        const stands = behind > 0 && stalledMs > standsStillMs;
        return (
          <li key={app} class={stands ? "stands" : behind > 0 ? "behind" : "even"}>
            {app} <b>{behind === 0 ? "up to date" : `${behind} behind`}</b>
            {stands && `, stands still for ${Math.round(stalledMs / 1000)} s`}
          </li>
        );
      })}
    </ul>
  );
}
