/** Formats that apply to numbers. */
export const numberFormats: ReadonlyMap<string, (value: number) => boolean> = new Map([
  ["int32", (value: number) => Number.isInteger(value) && value <= 2 ** 31 - 1 && value >= -(2 ** 31)],
  ["int64", (value: number) => Number.isInteger(value)],
]);
