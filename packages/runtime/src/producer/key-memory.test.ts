import { expect, test } from "vitest";
import { createKeyMemory } from "./key-memory.js";

const at = (offset: number) => ({ topic: "rated", partition: 3, offset });

test("an answer that comes late, after others have written the key, takes back nothing of what is known", () => {
  const memory = createKeyMemory(10);
  memory.remember("students:42", at(1));
  memory.newest(at(2));
  memory.forgetLane(3);
  memory.remember("students:42", at(0));
  expect(memory.causes("students:42", 3)).toEqual([at(2)]);
});

test("in a topic that was recreated a key's next event names the new log's offset", () => {
  const memory = createKeyMemory(10);
  memory.remember("students:42", at(500));
  memory.newest(at(500));
  memory.remember("students:42", at(0));
  expect(memory.causes("students:42", 3)).toEqual([at(0)]);
});
