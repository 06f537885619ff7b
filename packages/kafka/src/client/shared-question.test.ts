import { expect, it } from "vitest";
import { createSharedQuestion } from "./shared-question.js";

it("what is asked while a question is under way goes with the next one, and is answered by that alone", async () => {
  const sent: { readonly topics: readonly string[]; readonly answer: PromiseWithResolvers<string> }[] = [];
  const ask = createSharedQuestion((topics) => {
    const answer = Promise.withResolvers<string>();
    sent.push({ topics, answer });
    return answer.promise;
  });
  const first = ask(["a"]);
  await Promise.resolve();
  expect(sent.map(({ topics }) => topics)).toEqual([["a"]]);
  const others = Array.from({ length: 400 }, (_, n) => ask([n % 2 === 0 ? "a" : "b"]));
  sent[0]?.answer.resolve("old");
  expect(await first).toBe("old");
  expect(sent.map(({ topics }) => topics)).toEqual([["a"], ["a", "b"]]);
  sent[1]?.answer.resolve("new");
  expect(new Set(await Promise.all(others))).toEqual(new Set(["new"]));
});

it("a question that fails does not fail the next", async () => {
  let count = 0;
  const ask = createSharedQuestion(async () => {
    count += 1;
    if (count === 1) throw new Error("no answer");
    return count;
  });
  const first = ask(["a"]);
  await Promise.resolve();
  const second = ask(["a"]);
  await expect(first).rejects.toThrow("no answer");
  expect(await second).toBe(2);
});
