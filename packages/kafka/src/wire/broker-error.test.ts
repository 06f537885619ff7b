import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { brokerError, unknownTopicId } from "./broker-error.js";

interface KnownError {
  readonly code: number;
  readonly type: string;
}

const { errorCodes } = createRequire(import.meta.url)("kafkajs/src/protocol/error.js") as {
  readonly errorCodes: readonly KnownError[];
};

it("errors have the names that kafkajs gives them, whose own errors are told apart by these", () => {
  // Its own number for those that it does not know.
  const ofKafka = errorCodes.filter(({ code }) => code >= -1);
  expect(ofKafka.length).toBeGreaterThan(80);
  for (const { code, type } of ofKafka) expect(brokerError(code)).toMatchObject({ type });
});

it("an error that is newer than the table is told by its number, and 0 is none", () => {
  expect(brokerError(9999)).toMatchObject({ message: "the broker answers error 9999" });
  expect(brokerError(100)).toEqual(unknownTopicId());
  expect(brokerError(0)).toBeNull();
});
