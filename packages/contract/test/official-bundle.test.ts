import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as converterInstalled from "@asyncapi/converter";
import * as parserInstalled from "@asyncapi/parser";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlePackage, licencesOf, official } from "../build/official.js";

type ParserModule = typeof parserInstalled;
type ConverterModule = typeof converterInstalled;

let folder = "";
let parser: ParserModule;
let converter: ConverterModule;
let inputs: readonly string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyline-official-"));
  const require = createRequire(import.meta.url);
  const bundled = async (name: string) => {
    const outfile = join(folder, `${name.split("/").at(-1)}.cjs`);
    inputs = [...inputs, ...(await bundlePackage(name, official[name]?.exports ?? [], outfile))];
    return require(outfile) as unknown;
  };
  parser = (await bundled("@asyncapi/parser")) as ParserModule;
  converter = (await bundled("@asyncapi/converter")) as ConverterModule;
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const shop = {
  info: { title: "Shop", version: "1.0.0" },
  channels: { placed: { messages: { Placed: { payload: { type: "object", required: ["id"] } } } } },
};
const documents: Readonly<Record<string, object>> = {
  "a valid one": { asyncapi: "3.0.0", ...shop },
  "one of version 2": { asyncapi: "2.6.0", info: shop.info, channels: { placed: { publish: { message: {} } } } },
  "one without what it needs": { asyncapi: "3.0.0", info: { title: 7 }, channels: { placed: { messages: 1 } } },
  "one with a reference into nothing": {
    ...{ asyncapi: "3.0.0", ...shop },
    operations: { place: { action: "sent", channel: { $ref: "#/channels/x" } } },
  },
  "one with a schema that is none": {
    ...{ asyncapi: "3.0.0", ...shop },
    components: { messages: { A: { payload: { type: "objekt", required: 1 } } } },
  },
};

const saidOf = async (module: ParserModule, document: object) => {
  const found = await new module.Parser().validate(JSON.stringify(document, null, 2));
  return found.map(({ code, message, path, range, severity }) => ({ code, message, path, range, severity }));
};

test.each(Object.entries(documents))(
  "the bundled parser says of %s what the installed one says",
  async (_, document) => {
    const installed = await saidOf(parserInstalled, document);
    expect(installed.length).toBeGreaterThan(0);
    expect(await saidOf(parser, document)).toEqual(installed);
  },
);

test("the bundled converter makes of a document what the installed one makes", () => {
  const given = {
    asyncapi: "2.6.0",
    info: shop.info,
    channels: { "order.placed": { publish: { operationId: "place", message: { payload: { type: "string" } } } } },
  };
  const made = converterInstalled.convert(given, "3.0.0");
  expect(made).toMatchObject({ asyncapi: "3.0.0", operations: { place: { action: "receive" } } });
  expect(converter.convert(given, "3.0.0")).toEqual(made);
});

test("every part is named with its version, and has a licence that asks for no more than its text", async () => {
  const text = await licencesOf(inputs);
  const titles = [...text.matchAll(/^(\S+ \d\S*): (.+)\n-/gm)].map(([, name, licence]) => ({ name, licence }));
  const { version } = createRequire(import.meta.url)("@asyncapi/parser/package.json") as { readonly version: string };
  expect(titles).toContainEqual({ name: `@asyncapi/parser ${version}`, licence: "Apache-2.0" });
  const packages = inputs.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  expect(new Set(titles.map(({ name }) => name?.split(" ")[0]))).toEqual(new Set(packages));
  const simple = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"];
  expect([...new Set(titles.map(({ licence }) => licence))].sort()).toEqual(simple);
});
