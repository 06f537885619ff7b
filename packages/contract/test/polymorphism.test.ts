import { describe, expect, test, vi } from "vitest";
import { type ContractSchema, parseContract } from "../src/index.js";
import { createValidator } from "../src/schemas/validator.js";
import { inline, oneMessage } from "./inline.js";

/** What a payload `$ref: Ride` accepts in a document with these components. */
const rides = async (components: string, root = "Ride") => {
  const message = `{ payload: { $ref: "#/components/schemas/${root}" } }`;
  const { contract, broken } = await inline(oneMessage(message, `components: { schemas: ${components} }`));
  expect(broken).toEqual([]);
  const schemas = contract?.schemas ?? [];
  const validator = createValidator(schemas);
  return { schemas, fits: (value: unknown) => validator.fits({ $ref: `#/schemas/${root}` }, value) };
};

const named = (schemas: readonly ContractSchema[]) =>
  Object.fromEntries(schemas.map(({ name, schema }) => [name, schema]));

const base = (children: string, more = "") =>
  `{ type: object, ${more} required: [kind], properties: { kind: { type: string } }, oneOf: [${children}] }`;
const ref = (name: string) => `{ $ref: "#/components/schemas/${name}" }`;
const child = (parent: string, more: string) =>
  `{ allOf: [${ref(parent)}, { type: object, properties: { ${more} } }] }`;

const bikes = `Bike: ${child("Ride", "gears: { type: integer }")}, Bus: ${child("Ride", "seats: { type: integer }")}`;
const two = `${ref("Bike")}, ${ref("Bus")}`;

describe("a base that names its children, which extend it", () => {
  test("is what it says itself and the child that its discriminator names", async () => {
    const { schemas, fits } = await rides(`{ Ride: ${base(two, "discriminator: kind,")}, ${bikes} }`);
    const own = { type: "object", required: ["kind"], properties: { kind: { type: "string" } } };
    const branch = (name: string) => ({
      allOf: [{ $ref: `#/schemas/${name}` }, { properties: { kind: { const: name } }, required: ["kind"] }],
    });
    expect(named(schemas)).toEqual({
      Ride: {
        ...own,
        discriminator: { propertyName: "kind", mapping: { Bike: "#/schemas/Bike", Bus: "#/schemas/Bus" } },
        oneOf: [branch("Bike"), branch("Bus")],
      },
      Ride_base: own,
      Bike: {
        allOf: [{ $ref: "#/schemas/Ride_base" }, { type: "object", properties: { gears: { type: "integer" } } }],
      },
      Bus: { allOf: [{ $ref: "#/schemas/Ride_base" }, { type: "object", properties: { seats: { type: "integer" } } }] },
    });
    expect(fits({ kind: "Bike", gears: 3 })).toBe(true);
    expect(fits({ kind: "Bus", gears: "none" })).toBe(true);
    expect(fits({ kind: "Bike", gears: "none" })).toBe(false);
    expect(fits({ kind: "Tram" })).toBe(false);
    expect(fits({ gears: 3 })).toBe(false);
  });

  test("by itself, a child does not ask for its name", async () => {
    const { fits } = await rides(`{ Ride: ${base(two, "discriminator: kind,")}, ${bikes} }`, "Bike");
    expect(fits({ kind: "mine", gears: 3 })).toBe(true);
    expect(fits({ kind: "Bike", gears: "none" })).toBe(false);
    expect(fits({ gears: 3 })).toBe(false);
  });

  test("OpenAPI's discriminator maps values to children; one that is mapped has no other name", async () => {
    const discriminator = `discriminator: { propertyName: kind, mapping: { b: "#/components/schemas/Bike", bb: Bike } },`;
    const labelled = `{ schemaFormat: application/vnd.oai.openapi;version=3.0.3, schema: ${base(two, discriminator)} }`;
    const { fits } = await rides(`{ Ride: ${labelled}, ${bikes} }`);
    expect(["b", "bb", "Bus", "Bike"].map((kind) => fits({ kind }))).toEqual([true, true, true, false]);
  });

  describe("a child that says itself which value means it", () => {
    const bike = (kind: string) => `Bike: ${child("Ride", `kind: ${kind}, gears: { type: integer }`)}`;
    const withBus = (kind: string, more = "") =>
      `{ Ride: ${base(two, "discriminator: kind,")}, ${bike(kind)}, Bus: ${child("Ride", "seats: { type: integer }")}${more} }`;
    const kinds = ["Bike", "b", "c", "Bus"];
    const accepted = async (components: string) => {
      const { fits } = await rides(components);
      return kinds.filter((kind) => fits({ kind }));
    };

    test.each([
      ["a constant", "{ const: b }", ["b", "Bus"]],
      ["a constant that is its name", "{ const: Bike }", ["Bike", "Bus"]],
      ["an enum of one value", "{ enum: [b] }", ["b", "Bus"]],
      ["an enum without its name", "{ enum: [b, c] }", ["b", "c", "Bus"]],
      ["an enum with its name, as that of the base", "{ enum: [Bike, Bus] }", ["Bike", "Bus"]],
      ["a constant behind a reference", `${ref("Kind")}`, ["b", "Bus"]],
    ])("by %s", async (_, kind, wanted) => {
      expect(await accepted(withBus(kind, ", Kind: { const: b }"))).toEqual(wanted);
    });

    test("through its allOf, and not by what a base says of all its children", async () => {
      const parts = `Own: { allOf: [{ properties: { kind: { const: b } } }] }, Bike: { allOf: [${ref("Ride")}, ${ref("Own")}] }`;
      const ride = base(two, "discriminator: kind,").replace("type: string", "enum: [b, Bus]");
      const bus = `Bus: ${child("Ride", "seats: { type: integer }")}`;
      expect(await accepted(`{ Ride: ${ride}, ${parts}, ${bus} }`)).toEqual(["b", "Bus"]);
    });

    test("by a number, which is held as the child holds it", async () => {
      const ride = base(two, "discriminator: kind,").replace("type: string", "type: [integer, string]");
      const bus = `Bus: ${child("Ride", "seats: { type: integer }")}`;
      const { fits } = await rides(`{ Ride: ${ride}, ${bike("{ const: 1 }")}, ${bus} }`);
      expect([1, 2, "Bike", "Bus"].filter((kind) => fits({ kind }))).toEqual([1, "Bus"]);
    });

    test("beside a mapping, where both hold", async () => {
      const mapped = (value: string) =>
        `discriminator: { propertyName: kind, mapping: { ${value}: "#/components/schemas/Bike" } },`;
      const labelled = (value: string) =>
        `{ schemaFormat: application/vnd.oai.openapi;version=3.1.0, schema: ${base(two, mapped(value))} }`;
      const bus = `Bus: ${child("Ride", "seats: { type: integer }")}`;
      const document = (value: string) => `{ Ride: ${labelled(value)}, ${bike("{ const: b }")}, ${bus} }`;
      expect(await accepted(document("b"))).toEqual(["b", "Bus"]);
      expect(await accepted(document("c"))).toEqual(["Bus"]);
    });
  });

  test("without a discriminator a value fits exactly one child", async () => {
    const { fits } = await rides(`{ Ride: ${base(two)}, ${bikes} }`);
    expect(fits({ kind: "x", gears: 3, seats: "none" })).toBe(true);
    expect(fits({ kind: "x", gears: 3 })).toBe(false);
  });

  test("anyOf names children as oneOf does; what else the base says in the other stays the base's own", async () => {
    const ride = base(two, "discriminator: kind,").replace("oneOf", "oneOf: [{ maxProperties: 2 }, false], anyOf");
    const { schemas, fits } = await rides(`{ Ride: ${ride}, ${bikes} }`);
    expect(named(schemas).Ride_base).toMatchObject({ oneOf: [{ maxProperties: 2 }, false] });
    expect([{ kind: "Bike" }, { kind: "Bike", gears: "none" }, { kind: "Bus", a: 1, b: 1 }].map(fits)).toEqual([
      ...[true, false, false],
    ]);
  });

  test("over several levels: a child that is a base too", async () => {
    const levels = `{
      Ride: ${base(`${ref("Bike")}, ${ref("Bus")}`, "discriminator: kind,")},
      Bike: { allOf: [${ref("Ride")}], discriminator: kind, oneOf: [${ref("Cargo")}, ${ref("Race")}] },
      Cargo: ${child("Bike", "load: { type: integer }")},
      Race: ${child("Bike", "gears: { type: integer }")},
      Bus: ${child("Ride", "seats: { type: integer }")} }`;
    const { fits } = await rides(levels);
    expect(["Cargo", "Race", "Bus", "Bike", "Ride"].map((kind) => fits({ kind }))).toEqual([
      ...[true, true, true, false, false],
    ]);
    expect(fits({ kind: "Cargo", load: "none" })).toBe(false);
    expect(fits({ kind: "Race", load: "none" })).toBe(true);
  });

  test("over several levels: a base that names its grandchildren", async () => {
    const levels = `{
      Ride: ${base(`${ref("Bike")}, ${ref("Race")}`, "discriminator: kind,")},
      Bike: ${child("Ride", "gears: { type: integer }")},
      Race: ${child("Bike", "speed: { type: integer }")} }`;
    const { fits } = await rides(levels);
    expect(fits({ kind: "Race", gears: 3, speed: 9 })).toBe(true);
    expect(fits({ kind: "Race", gears: "none" })).toBe(false);
    expect(fits({ kind: "Bike", speed: "none" })).toBe(true);
  });

  test("a schema that the base does not name is held against the base with its children", async () => {
    const { schemas } = await rides(
      `{ Ride: ${base(two)}, ${bikes}, Tram: ${child("Ride", "line: { type: integer }")} }`,
      "Tram",
    );
    expect(named(schemas).Tram).toMatchObject({ allOf: [{ $ref: "#/schemas/Ride" }, {}] });
  });

  test("the base's other name is free", async () => {
    const { schemas } = await rides(
      `{ Ride: ${base(`${two}, ${ref("Ride_base")}`)}, Ride_base: { type: "null" }, ${bikes} }`,
    );
    expect(schemas.map(({ name }) => name)).toEqual(["Bike", "Bus", "Ride", "Ride_base", "Ride_base_"]);
  });

  test("nothing else that is recursive changes", async () => {
    const tree =
      "{ Ride: { oneOf: [{ type: 'null' }, { $ref: '#/components/schemas/Node' }] }, Node: { properties: { next: { $ref: '#/components/schemas/Ride' } } } }";
    const { schemas } = await rides(tree);
    expect(schemas.map(({ name }) => name)).toEqual(["Node", "Ride"]);
  });
});

/** How many fields of objects were looked at in all to read a base with so many children. */
const fieldsReadFor = async (children: number): Promise<number> => {
  const names = Array.from({ length: children }, (_, n) => `Child${n}`);
  const base = {
    ...{ type: "object", properties: { kind: { type: "string" } }, required: ["kind"], discriminator: "kind" },
    oneOf: names.map((name) => ({ $ref: `#/components/schemas/${name}` })),
  };
  const child = { allOf: [{ $ref: "#/components/schemas/Base" }, { properties: { x: { type: "string" } } }] };
  const message = {
    payload: { $ref: "#/components/schemas/Base" },
    examples: [{ payload: { kind: "Child3", x: "y" } }],
  };
  const text = JSON.stringify({
    ...{ asyncapi: "3.1.0", info: { title: "A", version: "1.0.0" } },
    channels: { a: { address: "a", messages: { m: message } } },
    components: { schemas: { Base: base, ...Object.fromEntries(names.map((name) => [name, child])) } },
  });
  let fields = 0;
  const entries = Object.entries;
  const spy = vi.spyOn(Object, "entries").mockImplementation((value: object) => {
    const found = entries(value);
    fields += found.length;
    return found;
  });
  try {
    expect((await parseContract(text)).contract?.schemas).toHaveLength(children + 2);
    return fields;
  } finally {
    spy.mockRestore();
  }
};

test("twice the children take twice the work", async () => {
  const [some, twice] = [await fieldsReadFor(50), await fieldsReadFor(100)];
  expect(twice / some).toBeLessThan(2.3);
});
