import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { crc32c } from "./crc32c.js";

const ofKafkajs = createRequire(import.meta.url)("kafkajs/src/protocol/recordBatch/crc32C/index.js") as (
  bytes: Buffer,
) => number;

it("is the checksum that RFC 3720 gives for its examples", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, at) => at))).toBe(0x46dd794e);
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array())).toBe(0);
});

it("is what kafkajs computes byte by byte, of any number of bytes, wherever they lie", () => {
  const bytes = Buffer.from(Uint8Array.from({ length: 100 }, (_, at) => (at * 151 + 7) % 256));
  for (let from = 0; from < 20; from += 1) {
    for (let to = from; to <= bytes.length; to += 1) {
      const part = bytes.subarray(from, to);
      expect(crc32c(part)).toBe(ofKafkajs(part) >>> 0);
    }
  }
});
