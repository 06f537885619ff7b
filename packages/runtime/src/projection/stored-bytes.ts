// Bytes in what is stored as JSON.

export const base64 = (value: Uint8Array | null): string | null =>
  value === null ? null : Buffer.from(value).toString("base64");

export const bytes = (value: string | null): Uint8Array | null =>
  value === null ? null : Buffer.from(value, "base64");
