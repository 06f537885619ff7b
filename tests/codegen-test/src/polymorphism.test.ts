import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createProducer, type Topics } from "@keyline/runtime";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { expect, test } from "vitest";
import type { z } from "zod";
import { compile, layOut } from "./kit/compile.js";
import { contractOf, filesOf } from "./kit/generated.js";
import { load } from "./kit/load.js";

const yaml = `
asyncapi: 3.0.0
info: { title: Rides, version: 1.0.0 }
channels:
  seen:
    address: ride.seen
    messages: { Seen: { payload: { $ref: "#/components/schemas/Ride" } } }
  paid:
    address: ride.paid
    messages:
      Paid:
        payload:
          oneOf:
            - { type: object, required: [by, number], properties: { by: { const: card }, number: { type: string } } }
            - { type: object, required: [by], properties: { by: { const: cash }, coins: { type: integer } } }
components:
  schemas:
    Ride:
      type: object
      discriminator: kind
      required: [kind]
      properties: { kind: { type: string } }
      oneOf: [{ $ref: "#/components/schemas/Bike" }, { $ref: "#/components/schemas/Bus" }, { $ref: "#/components/schemas/Tram" }]
    Bike: { allOf: [{ $ref: "#/components/schemas/Ride" }, { type: object, properties: { gears: { type: integer } } }] }
    Bus: { allOf: [{ $ref: "#/components/schemas/Ride" }, { type: object, properties: { seats: { type: integer } } }] }
    Tram:
      allOf:
        - { $ref: "#/components/schemas/Ride" }
        - { type: object, properties: { kind: { const: tram }, line: { type: integer } } }
`;

const rides = { scope: "@rides", files: filesOf(await contractOf(yaml), "@rides") };

const narrowing = `
import type { Paid, Seen } from "@rides/events";
export const seats = (seen: Seen): number | undefined => (seen.kind === "Bus" ? seen.seats : 0);
export const line = (seen: Seen): number | undefined => (seen.kind === "tram" ? seen.line : 0);
export const paid = (one: Paid): string | number | undefined => (one.by === "card" ? one.number : one.coins);
// @ts-expect-error: only a bike has gears
export const gears = (seen: Seen) => (seen.kind === "Bus" ? seen.gears : 0);
`;

test("a base with its children and alternatives with constants compile, and narrow by the field that tells them apart", async () => {
  const root = await layOut("rides", [rides]);
  const file = join(root, "narrowing.ts");
  await writeFile(file, narrowing);
  expect(await compile(root, [rides], [file])).toEqual([]);
}, 60_000);

test("what is wrong with a value is told of the child that it means", async () => {
  const { topics } = await load(await layOut("rides-loaded", [rides]), rides, "events");
  const { seen } = topics as unknown as { seen: { messages: { seen: { schema: z.ZodType } } } };
  const { schema } = seen.messages.seen;
  expect(schema.safeParse({ kind: "Bike", gears: 3 }).success).toBe(true);
  const { error } = schema.safeParse({ kind: "Bike", gears: "none", seats: "none" });
  expect(error?.issues.map(({ path }) => path)).toEqual([["gears"]]);
  expect(schema.safeParse({ kind: "Tram" }).error?.issues[0]?.message).toBe('is none of "Bike", "Bus", "tram"');
  expect(schema.safeParse({ kind: "tram", line: 1 }).success).toBe(true);
  expect(schema.safeParse({ kind: "tram", line: "one" }).error?.issues.map(({ path }) => path)).toEqual([["line"]]);
});

test("the page on polymorphism shows what a producer says of a value that fits no branch", async () => {
  const { topics } = await load(await layOut("rides-sent", [rides]), rides, "events");
  const transport = createMemoryCluster().transport();
  const producer = createProducer(topics as Topics, { transport, source: "rides" });
  const send = producer.seen as unknown as (event: object) => Promise<unknown>;
  const error: Error = await send({ kind: "Bike", gears: "none" }).then(
    () => expect.fail("it was sent"),
    (caught) => caught,
  );
  const page = await readFile(join(import.meta.dirname, "../../../docs/guides/polymorphism.md"), "utf8");
  expect(page).toContain(`\`\`\`text\n${error.message}\n\`\`\``);
  await transport.close();
});
