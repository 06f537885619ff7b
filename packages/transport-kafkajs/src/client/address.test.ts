import { expect, it } from "vitest";
import { hostOf, isBrokerAddress, spelled } from "./address.js";

it.each([
  "kafka-1:9092",
  "10.0.0.1:9092",
  "[::1]:9092",
  "[2001:db8::7]:9093",
  "[::ffff:10.0.0.1]:1",
  "[fe80::1%eth0]:1",
])("%s is a broker, which kafkajs reads whole", (address) => {
  expect(isBrokerAddress(address)).toBe(true);
  const [host = "", port, ...rest] = spelled(address).split(":");
  const literal = hostOf(host);
  expect(rest).toEqual([]);
  expect(`${literal.includes(":") ? `[${literal}]` : literal}:${port}`).toBe(address);
});

it.each([
  "kafka-1",
  "::1:9092",
  "[::1]",
  "[::1]9092",
  "[evil]:1",
  "a b:1",
  "http://kafka:9092",
  "kafka:9092,other:1",
  "",
])("%j is not", (address) => {
  expect(isBrokerAddress(address)).toBe(false);
});
