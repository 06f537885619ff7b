import type { Finding } from "./alert.js";

const cooldownMs = 5 * 60_000;

/** When the latest alert of each trigger and module was dated: at most five triggers by nine (eight modules and none). */
export interface SentDates {
  readonly [triggerAndModule: string]: number;
}

/** Whether the previous alert of the same trigger and module is less than five minutes away, on either side. */
export function isCoolingDown(sent: SentDates, finding: Finding): boolean {
  const previousMs = sent[slotOf(finding)];
  return previousMs !== undefined && Math.abs(finding.atMs - previousMs) < cooldownMs;
}

export function withSent(sent: SentDates, finding: Finding): SentDates {
  return { ...sent, [slotOf(finding)]: finding.atMs };
}

function slotOf({ trigger, module }: Finding): string {
  return module === undefined ? trigger : `${trigger}/${module}`;
}
