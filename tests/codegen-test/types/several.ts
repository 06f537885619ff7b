// Uses of SDKs with several messages on a topic, with parameters in an address, and without an order.

import type { Transport } from "@keyline/runtime";
// @boundaries-ignore generated before this is compiled
import { createProducer as createOpen } from "@open-and-unions/producer";
// @boundaries-ignore generated before this is compiled
import { createProducer as createAccounts } from "@several-messages/producer";
// @boundaries-ignore generated before this is compiled
import { createProducer as createMetrics } from "@unkeyed-with-parameters/producer";

declare const transport: Transport;
const accounts = createAccounts({ transport, source: "bank" });
const metrics = createMetrics({ transport, source: "meter" });

export const fine: readonly Promise<unknown>[] = [
  accounts.accounts.opened({ account: "a" }),
  accounts.accounts.closed({ account: "a", reason: "moved" }),
  metrics.measured({ value: 1 }, { parameters: { region: "eu", site: "main" } }),
];

// @ts-expect-error a topic of several messages has a function for each
accounts.accounts({ account: "a" });
// @ts-expect-error each message has its own fields
accounts.accounts.closed({ account: "a" });
// @ts-expect-error the address needs its parameters
metrics.measured({ value: 1 });
// @ts-expect-error all of them
metrics.measured({ value: 1 }, { parameters: { region: "eu" } });

const open = createOpen({ transport, source: "any" });

export const openOnes: readonly Promise<unknown>[] = [
  open.open({ count: 1 }),
  open.open({ count: 1, timestamp: "t", note: "more" }),
  open.either({ kind: "square", width: 1 }),
  open.either({ kind: "circle", radius: 1 }),
  open.map({ a: 1 }),
];

// @ts-expect-error an open object still needs what is required
open.open({ note: "more" });
// @ts-expect-error and its declared fields keep their types
open.open({ count: "1" });
// @ts-expect-error a branch of a union needs its own fields
open.either({ kind: "square", radius: 1 });
// @ts-expect-error the values of a map have one type
open.map({ a: "1" });
