// As Jest and Vitest with globals run it.
import { expected, type Setting, scenario } from "./scenario.ts";

declare function test(name: string, run: () => Promise<void>, timeoutMs: number): void;
declare function expect(value: unknown): { toEqual(other: unknown): void };

test("each student's events are handled and counted, in order", async () => {
  const seen = await scenario(JSON.parse(process.env.SETTING ?? "") as Setting);
  expect(Object.values(seen)).toEqual([expected, expected, expected]);
}, 60_000);
