/** Asks about topics; the answer may tell of others, too. */
export type SharedQuestion<Answer> = (topics: readonly string[]) => Promise<Answer>;

/** Topics that will be asked about, and the answer to come. */
interface Next<Answer> {
  readonly topics: Set<string>;
  readonly answer: Promise<Answer>;
}

/**
 * Sends one question at a time. What is asked while one is under way goes with the next, all of it together: so an answer is
 * never older than the question, and however many ask at once, two are sent.
 *
 * Invariant: `next` is not sent yet; `last` settles with the question that was made last, and nothing is sent before it.
 */
export function createSharedQuestion<Answer>(
  send: (topics: readonly string[]) => Promise<Answer>,
): SharedQuestion<Answer> {
  let next: Next<Answer> | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const prepare = (): Next<Answer> => {
    const topics = new Set<string>();
    const sendNow = () => {
      next = null;
      return send([...topics]);
    };
    return { topics, answer: last.then(sendNow, sendNow) };
  };

  return (topics) => {
    next ??= prepare();
    last = next.answer;
    for (const topic of topics) next.topics.add(topic);
    return next.answer;
  };
}
