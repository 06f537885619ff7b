const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const dayMs = 86_400_000;

/** When something happened, as short as it can be understood at `nowMs`. */
export function timeText(at: string, nowMs: number): string {
  const time = new Date(at);
  const isToday = day.format(time) === day.format(nowMs) && Math.abs(nowMs - time.getTime()) < dayMs;
  return isToday ? clock.format(time) : `${day.format(time)} ${clock.format(time)}`;
}

export function clockText(at: string): string {
  return clock.format(new Date(at));
}

export function secondsText(at: string): string {
  return seconds.format(new Date(at));
}

export function dayText(at: string): string {
  return day.format(new Date(at));
}

/** How long ago. */
export function agoText(at: string, nowMs: number): string {
  const minutes = Math.floor((nowMs - Date.parse(at)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  const days = Math.floor(minutes / (24 * 60));
  return days === 1 ? "yesterday" : `${days} days ago`;
}

/** A short time of waiting. */
export function waitText(ms: number): string {
  return ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
