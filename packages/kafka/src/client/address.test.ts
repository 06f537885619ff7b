import { expect, it } from "vitest";
import { addressOf, isBrokerAddress } from "./address.js";

it.each([
  "kafka-1:9092",
  "10.0.0.1:9092",
  "[::1]:9092",
  "[2001:db8::7]:9093",
  "[::ffff:10.0.0.1]:1",
  "[fe80::1%eth0]:1",
])("%s is a broker, whose host and port are read", (address) => {
  expect(isBrokerAddress(address)).toBe(true);
  const { host, port } = addressOf(address);
  expect(`${host.includes(":") ? `[${host}]` : host}:${port}`).toBe(address);
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
