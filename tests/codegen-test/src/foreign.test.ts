import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compile, layOut } from "./kit/compile.js";
import { contractOf, filesOf } from "./kit/generated.js";
import { load } from "./kit/load.js";
import { snippetModule } from "./kit/snippets.js";

const yaml = await readFile(new URL("../fixtures/streetlights.yaml", import.meta.url), "utf8");
const lamps = { scope: "@lamps", files: filesOf(await contractOf(yaml), "@lamps") };

test("a document in the style of the public examples compiles, with its snippets", async () => {
  const root = await layOut("lamps", [lamps]);
  const snippets = join(root, "snippets.ts");
  await writeFile(snippets, snippetModule(lamps));
  expect(await compile(root, [lamps], [snippets])).toEqual([]);
}, 60_000);

test("its topics know their addresses and parameters, and a message that two channels share is one", async () => {
  const { topics } = await load(await layOut("lamps-loaded", [lamps]), lamps, "events");
  expect(topics).toMatchObject({
    lightingMeasured: {
      address: "city.lamps.1.0.event.{lampId}.lighting.measured",
      parameters: ["lampId"],
      domain: null,
    },
    lampTurnOn: { messages: { turnOn: { name: "turnOnOff", key: null } } },
    lampTurnOff: { messages: { turnOff: { name: "turnOnOff", key: null } } },
  });
  const { lampTurnOn, lampTurnOff } = topics as Record<string, { messages: Record<string, unknown> }>;
  expect(lampTurnOn?.messages.turnOn).toBe(lampTurnOff?.messages.turnOff);
});
