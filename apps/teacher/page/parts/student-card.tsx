import type { Need, Reason } from "../live/needs.js";
import { counted, evidenceText, placeText, reasonText, severityTexts } from "../words/texts.js";
import { agoText, timeText } from "../words/times.js";
import { memo } from "./memo.js";
import { studentAddress } from "./use-route.js";

/** Who, why, where, since when, and the one thing to do about it. */
export const StudentCard = memo(function StudentCard({
  need,
  name,
  minute,
  see,
  undo,
  isOwn = false,
}: {
  readonly need: Need;
  readonly name: string;
  /** The class's time, in whole minutes. */
  readonly minute: number;
  readonly see: (need: Need) => void;
  readonly undo: (need: Need) => void;
  /** On the student's own page. Default false. */
  readonly isOwn?: boolean;
}) {
  const { student, severity, alerts, reasons, undoable } = need;
  return (
    <li class={`card ${severity} ${alerts.length === 0 ? "is-marked" : ""}`}>
      <p class="who">
        {isOwn ? (
          <b>Needs help</b>
        ) : (
          <a class="who-link" href={studentAddress(student.ref)}>
            {name}
          </a>
        )}
        <span class="severity">
          <i class={`mark ${severity}`} aria-hidden="true" /> {severityTexts[severity]}
        </span>
      </p>
      <ul class="reasons">
        {reasons.map((reason) => (
          <Why key={reason.trigger} reason={reason} minute={minute} />
        ))}
      </ul>
      {alerts.length > 0 && (
        <button type="button" class="act" onClick={() => see(need)}>
          {alerts.length === 1 ? "Seen" : `All ${alerts.length} seen`}
          <span class="only-heard">: {name}</span>
        </button>
      )}
      {undoable.length > 0 && (
        <p class="marked-seen">
          {counted(undoable.length, "alert")} marked as seen
          <button type="button" class="act" onClick={() => undo(need)}>
            Undo<span class="only-heard">: {name}</span>
          </button>
        </p>
      )}
    </li>
  );
});

function Why({ reason, minute }: { readonly reason: Reason; readonly minute: number }) {
  const { latest } = reason;
  const nowMs = (minute + 1) * 60_000 - 1;
  const place = placeText(latest.module, latest.evidence.exercise_id);
  return (
    <li data-alert={latest.id}>
      <b>{reasonText(reason)}:</b> <span class="evidence">{evidenceText(latest)}</span>{" "}
      <span class="place">
        {place !== "" && `${place} · `}
        <time dateTime={latest.at} title={timeText(latest.at, nowMs)}>
          {agoText(latest.at, nowMs)}
        </time>
      </span>
    </li>
  );
}
