import { expect, test } from "vitest";
import { array, string } from "./index.js";

const messageOf = (
  schema: { safeParse(value: unknown): { error?: { issues: { message: string }[] } } },
  value: unknown,
) => schema.safeParse(value).error?.issues[0]?.message;

test("a limit of one is said in the singular", () => {
  expect(messageOf(array(string(), { minItems: 1 }) as never, [])).toBe("has fewer than 1 item");
  expect(messageOf(array(string(), { minItems: 2 }) as never, [])).toBe("has fewer than 2 items");
});
