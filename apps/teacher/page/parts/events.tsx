import { useState } from "preact/hooks";
import type { Place, TimelineEvent, Wait } from "../../src/wire.js";
import { placeText } from "../words/texts.js";
import { dayText, secondsText, waitText } from "../words/times.js";
import { addressOf, graphOf, kindOf } from "./graph.js";
import { Lines, type Link } from "./lines.js";

const elementId = (place: Place) => `event-${addressOf(place)}`;

/** For those who run the apps: where each event lies on the log, what it came after, and which app waited for it. */
export function Events({ events }: { readonly events: readonly TimelineEvent[] }) {
  const [marked, setMarked] = useState<string | null>(null);
  const graph = graphOf(events);
  const isNear = (link: Link) => marked !== null && (link.from === marked || link.to === marked);
  const show = (place: Place) => {
    const element = document.getElementById(elementId(place));
    element?.scrollIntoView({ block: "center" });
    element?.focus({ preventScroll: true });
  };
  return (
    <>
      <p class="nothing key">
        A dot is an event, a line a topic ({graph.topics.length} of them); a curve leads down to what an event came
        after.
      </p>
      <div class="events">
        <Lines graph={graph} isNear={isNear} />
        <ol>
          {events.map((event, index) => (
            <Event
              key={addressOf(event)}
              event={event}
              day={dayBefore(events, index)}
              isMarked={marked === addressOf(event)}
              mark={(is) => setMarked(is ? addressOf(event) : null)}
              show={show}
            />
          ))}
        </ol>
      </div>
    </>
  );
}

/** The day of an event, where the one above is of another. */
function dayBefore(events: readonly TimelineEvent[], index: number): string | null {
  const at = events[index]?.at;
  const above = events[index - 1]?.at;
  if (!at) return null;
  return above && dayText(above) === dayText(at) ? null : dayText(at);
}

function Event({
  event,
  day,
  isMarked,
  mark,
  show,
}: {
  readonly event: TimelineEvent;
  readonly day: string | null;
  readonly isMarked: boolean;
  readonly mark: (is: boolean) => void;
  readonly show: (place: Place) => void;
}) {
  const { at, what, text, isCode, outcome, module, exercise, causes, waits } = event;
  const where = placeText(module, exercise);
  return (
    <li
      id={elementId(event)}
      tabIndex={-1}
      class={isMarked ? "marked" : ""}
      onMouseEnter={() => mark(true)}
      onMouseLeave={() => mark(false)}
      onFocusCapture={() => mark(true)}
      onBlurCapture={() => mark(false)}
    >
      <p class="said">
        {at !== null && (
          <time dateTime={at}>
            {day !== null && <b>{day}</b>} {secondsText(at)}
          </time>
        )}{" "}
        <b class={outcome ?? ""}>{what}</b> {where !== "" && <span class="place">{where}</span>}
      </p>
      {text !== null && (isCode ? <pre title={text}>{text}</pre> : <blockquote title={text}>{text}</blockquote>)}
      <p class="log">
        <span class={`topic ${kindOf(event.topic)}`}>{addressOf(event)}</span>
        {causes.map((cause) => (
          <Cause key={addressOf(cause)} cause={cause} show={show} />
        ))}
        {waits.map((wait) => (
          <Waited key={wait.app} wait={wait} />
        ))}
      </p>
    </li>
  );
}

function Cause({ cause, show }: { readonly cause: Place; readonly show: (place: Place) => void }) {
  return (
    <button type="button" class="cause" onClick={() => show(cause)}>
      after {addressOf(cause)}
    </button>
  );
}

function Waited({ wait: { app, cause, heldMs } }: { readonly wait: Wait }) {
  return (
    <span class="waited">
      {app} waited {waitText(heldMs)} for {addressOf(cause)}
    </span>
  );
}
