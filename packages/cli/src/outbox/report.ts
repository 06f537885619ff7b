import type { OutboxStatus, ParkedKey } from "@keyline/outbox";
import { harmless } from "@keyline/runtime/tools";
import { durationText } from "../cluster/moment.js";
import { counted, countText } from "../report/counted.js";

/** How an outbox stands, for eyes. */
export function statusText(status: OutboxStatus): string {
  const { parked, parkedKeys } = status;
  const more = parkedKeys > parked.length ? [`and ${counted(parkedKeys - parked.length, "more key")}`] : [];
  const note =
    parkedKeys === 0 ? [] : ["Relays try them again every 30 s: fix the cause, and they go on by themselves."];
  const lines = [waitingText(status), relaysText(status), ...parked.map(parkedText), ...more, ...note];
  return `${lines.join("\n")}\n`;
}

const waitingText = ({ waiting, oldestMs, parkedKeys }: OutboxStatus): string => {
  const oldest = oldestMs === null ? "" : `, the oldest for ${durationText(oldestMs)}`;
  const keys = parkedKeys === 0 ? "" : `; ${counted(parkedKeys, "key")} parked`;
  return `${counted(waiting, "event")} to publish${oldest}${keys}`;
};

const relaysText = ({ relays, freeSlots }: OutboxStatus): string =>
  `${counted(relays, "relay")} alive${freeSlots === 0 ? "" : `; ${countText(freeSlots)} of 64 slots have no relay`}`;

function parkedText({ domain, key, number, code, text, parkedMs }: ParkedKey): string {
  const name = key === null ? "an event without a key" : `${domain} key ${key}`;
  return `${harmless(name)}  parked for ${durationText(parkedMs)}\n    ${harmless(`row ${number}  ${code}: ${text}`)}`;
}

/** Whether an operator is needed: a key is parked, or events wait and no relay publishes them. */
export const needsHand = ({ waiting, parkedKeys, freeSlots }: OutboxStatus): boolean =>
  parkedKeys > 0 || (waiting > 0 && freeSlots > 0);
