import type { AppLag } from "../../src/wire.js";
import { type Freshness, freshnessOf, isStopped } from "../live/freshness.js";
import { counted } from "../words/texts.js";
import type { Known } from "./use-class.js";
import type { Naming } from "./use-names.js";

/** Whose class it is, what students are called, and whether what is shown is true. */
export function Header({ known, naming }: { readonly known: Known; readonly naming: Naming }) {
  return (
    <header class="top">
      <h1>
        <a href="#class">Class</a>
      </h1>
      <label class="toggle">
        <input
          type="checkbox"
          checked={naming.showsIds}
          onChange={(event) => naming.setShowsIds(event.currentTarget.checked)}
        />{" "}
        Show student ids
      </label>
      <State known={known} />
    </header>
  );
}

const freshnessTexts: Readonly<Record<Freshness, string>> = {
  "up-to-date": "Up to date",
  behind: "Catching up",
  stopped: "Not up to date",
  lost: "Connection lost, trying again",
  connecting: "Connecting",
};

/** What each app does for this page. */
const appTexts: Readonly<Record<string, string>> = {
  struggle: "Alerts",
  progress: "Mastery",
  teacher: "This page",
};

/** One word for people; for those who run the apps, what each of them lacks. */
function State({ known }: { readonly known: Known }) {
  const freshness = freshnessOf(known);
  const apps = known.status?.apps;
  return (
    <details class="state">
      <summary class={`pill ${freshness}`}>
        <span role="status">{freshnessTexts[freshness]}</span>
      </summary>
      <ul class="apps" aria-label="How far each app is">
        {apps ? apps.map((lag) => <App key={lag.app} lag={lag} />) : <li>How far the apps are is not known.</li>}
      </ul>
    </details>
  );
}

function App({ lag }: { readonly lag: AppLag }) {
  const { app, behind, stalledMs } = lag;
  return (
    <li class={isStopped(lag) ? "stopped" : ""}>
      {appTexts[app] ?? app} <span class="place">(app {app})</span>:{" "}
      <b>{behind === 0 ? "up to date" : `${counted(behind, "event")} behind`}</b>
      {isStopped(lag) && `, stopped for ${Math.round(stalledMs / 1000)} s`}
    </li>
  );
}
