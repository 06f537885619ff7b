import { useState } from "preact/hooks";
import type { AlertGroup } from "../live/class.js";
import { evidenceText, placeText, severityMarks, triggerTexts } from "../words/texts.js";
import { agoText, timeText } from "../words/times.js";
import { memo } from "./memo.js";
import { studentAddress } from "./use-route.js";

/** Who, why, where, since when, and the one thing to do about it. */
export const AlertCard = memo(function AlertCard({
  group,
  name,
  minute,
  see,
}: {
  readonly group: AlertGroup;
  readonly name: string;
  /** The class's time, in whole minutes. */
  readonly minute: number;
  readonly see: (group: AlertGroup) => Promise<void>;
}) {
  const [isSending, setSending] = useState(false);
  const { latest, alerts, student, key } = group;
  const first = alerts[0] ?? latest;
  const nowMs = (minute + 1) * 60_000 - 1;
  const place = placeText(latest);
  const press = () => {
    setSending(true);
    // Where it went well the card goes away with the next news.
    see(group).catch(() => setSending(false));
  };
  return (
    <li class={`card ${latest.severity}`} data-key={key} data-alert={latest.id}>
      <p class="who">
        <a class="who-link" href={studentAddress(student.ref)}>
          {name}
        </a>
        <span class="severity">
          <span aria-hidden="true">{severityMarks[latest.severity]}</span> {latest.severity}
        </span>
      </p>
      <p class="why">
        <b>{triggerTexts[latest.trigger]}</b>
        {alerts.length > 1 && <span class="times">×{alerts.length}</span>}{" "}
        <span class="evidence">{evidenceText(latest)}</span>
      </p>
      <p class="where">
        {place !== "" && <span class="place">{place} · </span>}
        <time dateTime={first.at} title={timeText(first.at, nowMs)}>
          {alerts.length > 1 ? "since " : ""}
          {timeText(first.at, nowMs)} · {agoText(first.at, nowMs)}
        </time>
      </p>
      <button type="button" onClick={press} disabled={isSending}>
        {isSending ? "Saving" : "Seen"}
        <span class="only-heard">
          : {name}, {triggerTexts[latest.trigger]}
        </span>
      </button>
    </li>
  );
});
