import { useState } from "preact/hooks";
import type { Place, Timeline, TimelineEvent, Wait } from "../../src/wire.js";
import { dayText, secondsText, waitText } from "../words/times.js";
import { graphOf, kindOf } from "./graph.js";
import { Lines, type Link } from "./lines.js";

export const placeText = ({ topic, partition, offset }: Place) => `${topic}/${partition}@${offset}`;
const elementId = (place: Place) => `event-${placeText(place)}`;

/** All that happened, the latest first, with lines from each event to what it came after. */
export function Events({ timeline }: { readonly timeline: Timeline }) {
  const [marked, setMarked] = useState<string | null>(null);
  const events = timeline.events.toReversed();
  const graph = graphOf(events);
  const isNear = (link: Link) => marked !== null && (link.from === marked || link.to === marked);
  const show = (place: Place) => {
    const element = document.getElementById(elementId(place));
    element?.scrollIntoView({ block: "center" });
    element?.focus({ preventScroll: true });
  };
  return (
    <>
      <p class="nothing">
        {events.length} events over {graph.topics.length} topics, the latest first; each below what came of it.
        {timeline.leftOut > 0 && ` ${timeline.leftOut} earlier ones are left out.`}
      </p>
      <div class="events">
        <Lines graph={graph} isNear={isNear} />
        <ol>
          {events.map((event, index) => (
            <Event
              key={placeText(event)}
              event={event}
              day={dayBefore(events, index)}
              isMarked={marked === placeText(event)}
              mark={(is) => setMarked(is ? placeText(event) : null)}
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
  const where = [...(module ? [module.replace("-", " ")] : []), ...(exercise === null ? [] : [`exercise ${exercise}`])];
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
        <b class={outcome ?? ""}>{what}</b> {where.length > 0 && <span class="place">{where.join(", ")}</span>}
      </p>
      {text !== null && (isCode ? <pre title={text}>{text}</pre> : <blockquote title={text}>{text}</blockquote>)}
      <p class="log">
        <span class={`topic ${kindOf(event.topic)}`}>{placeText(event)}</span>
        {causes.map((cause) => (
          <Cause key={placeText(cause)} cause={cause} show={show} />
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
      after {placeText(cause)}
    </button>
  );
}

function Waited({ wait: { app, cause, heldMs } }: { readonly wait: Wait }) {
  return (
    <span class="waited">
      {app} waited {waitText(heldMs)} for {placeText(cause)}
    </span>
  );
}
