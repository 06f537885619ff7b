import type { RecordPosition } from "@keyline/runtime";
import { positionText } from "../trace/merge.js";

/** Why an event failed, without its place and its group, which are shown beside it. */
export function reasonText(message: string, source: RecordPosition): string {
  const place = ` ${positionText(source)}: `;
  const at = message.indexOf(place);
  return at >= 0 && /(?:^|\s)cannot (?:apply|handle)$/.test(message.slice(0, at))
    ? message.slice(at + place.length)
    : message;
}
