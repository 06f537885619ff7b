/** An alert as it is shown. */
export interface SeenAlert {
  readonly alertId: string;
  readonly studentId: number;
  readonly trigger: string;
  readonly severity: string;
  readonly module: string | null;
  /** Its date, in the classroom's time. */
  readonly atMs: number;
  /** When it was seen, by `performance.now`. */
  readonly seenMs: number;
}

/** What there is to see of a class while it goes on. */
export interface LiveModel {
  readonly students: Set<number>;
  published: number;
  /** Events on topics that the apps read. */
  sentToApps: number;
  readonly alerts: SeenAlert[];
  /** The level of each student in each module, by `<student>/<module>`. */
  readonly levels: Map<string, string>;
}

export function createLiveModel(): LiveModel {
  return { students: new Set(), published: 0, sentToApps: 0, alerts: [], levels: new Map() };
}

/** The levels from the lowest to the highest, each with the colour that teachers know it by. */
export const levelColours = [
  ["beginner", "red"],
  ["learning", "yellow"],
  ["proficient", "green"],
  ["mastered", "blue"],
] as const;

/** How many (student, module) rows stand at each level. */
export function countLevels(levels: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>(levelColours.map(([level]) => [level, 0]));
  for (const level of levels) counts.set(level, (counts.get(level) ?? 0) + 1);
  return counts;
}
