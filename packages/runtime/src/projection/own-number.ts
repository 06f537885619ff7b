/** The number under the name; undefined where there is none, also for the name of something that every object has. */
export const ownNumber = (numbers: Readonly<Record<string, number>>, name: string): number | undefined =>
  Object.hasOwn(numbers, name) ? numbers[name] : undefined;
