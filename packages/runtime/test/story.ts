import fc from "fast-check";

/**
 * The seed of a model-based test. The same in each run, so that a failure is the change's; `KEYLINE_SEED=random` draws
 * one, and a number is taken as it is. What fails prints its seed and, shrunk, the shortest story that shows it.
 */
export function storySeed(): number {
  const wanted = process.env.KEYLINE_SEED;
  if (wanted === undefined) return 20_261_126;
  return wanted === "random" ? Math.trunc(Math.random() * 2 ** 31) : Number(wanted);
}

/** One thing that happens in a story: a sentence, when it can happen, and what it does to the model and to the code. */
export interface Happens<Model extends object, Real> {
  readonly sentence: string;
  /** Whether it can happen now. Always, where it is not said. */
  can?(model: Readonly<Model>): boolean;
  run(model: Model, real: Real): Promise<void>;
}

/** A step of a story as fast-check takes it; it is printed as its sentence. */
export function step<Model extends object, Real>(happens: Happens<Model, Real>): fc.AsyncCommand<Model, Real> {
  return {
    check: (model) => happens.can?.(model) ?? true,
    run: (model, real) => happens.run(model, real),
    toString: () => `\n  ${happens.sentence}`,
  };
}

/** Tells stories at random, each from a beginning of its own. Throws the shortest that fails. */
export async function tellStories<Model extends object, Real>(options: {
  readonly stories: number;
  readonly steps: readonly fc.Arbitrary<fc.AsyncCommand<Model, Real>>[];
  begin(): Promise<{ model: Model; real: Real }> | { model: Model; real: Real };
  /** How each story ends, whatever happened in it. */
  end?(model: Model, real: Real): Promise<void>;
}): Promise<void> {
  const { stories, steps, begin, end } = options;
  const story = fc.asyncProperty(fc.commands([...steps], { maxCommands: 30, size: "+1" }), async (commands) => {
    const { model, real } = await begin();
    await fc.asyncModelRun(() => ({ model, real }), commands);
    await end?.(model, real);
  });
  await fc.assert(story, { seed: storySeed(), numRuns: stories });
}
