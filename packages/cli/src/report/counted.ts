/** `1,234,567`. */
export const countText = (count: number): string => count.toLocaleString("en-US");

/** `1 topic`, `1,234 topics`. */
export const counted = (count: number, noun: string): string => `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
