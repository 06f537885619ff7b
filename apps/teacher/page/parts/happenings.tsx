import type { TimelineEvent } from "../../src/wire.js";
import { placeText } from "../words/texts.js";
import { clockText, dayText } from "../words/times.js";
import { addressOf } from "./graph.js";

/** All that happened, a line an event, by day. */
export function Happenings({ events }: { readonly events: readonly TimelineEvent[] }) {
  const days = Map.groupBy(events, ({ at }) => (at === null ? "Without a time" : dayText(at)));
  return (
    <div class="happenings">
      {[...days].map(([day, happened]) => (
        <section key={day} aria-label={day}>
          <h4>{day}</h4>
          <ol>
            {happened.map((event) => (
              <li key={addressOf(event)} class="happening">
                <Happening event={event} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function Happening({ event }: { readonly event: TimelineEvent }) {
  const { at, what, text, isCode, outcome, module, exercise } = event;
  const place = placeText(module, exercise);
  const said = (
    <>
      <time dateTime={at ?? undefined}>{at !== null && clockText(at)}</time>
      <i class={`dot ${outcome ?? ""}`} aria-hidden="true" />
      <span class="what">
        <b class={outcome ?? ""}>{what}</b> {place !== "" && <span class="place">{place}</span>}{" "}
        {text !== null && <span class="snippet">{text.trim().replace(/\s+/g, " ")}</span>}
      </span>
    </>
  );
  if (text === null) return <p class="line">{said}</p>;
  return (
    <details>
      <summary class="line">{said}</summary>
      {isCode ? <pre>{text}</pre> : <blockquote>{text}</blockquote>}
    </details>
  );
}
