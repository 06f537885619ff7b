// Builds the site of a made up contract of many channels, 500 unless told, and prints time and peak memory.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const count = Number(process.argv[2] ?? 500);
if (!Number.isInteger(count) || count < 1) throw new RangeError(`${process.argv[2]} is no number of channels`);

const folder = fileURLToPath(new URL("../../../.keyline/docs/many/", import.meta.url));
const named = (make) => Object.fromEntries(Array.from({ length: count }, (_, index) => make(index + 1)));

const payload = (n) => ({
  type: "object",
  required: ["order_id", "part"],
  properties: {
    order_id: { type: "integer", minimum: 1, description: "The key." },
    part: { $ref: "#/components/schemas/Part" },
    [`note_${n}`]: { type: "string", maxLength: n, description: `A field that only message ${n} has.` },
  },
});

const contract = {
  asyncapi: "3.0.0",
  info: { title: "Many", version: "1.0.0" },
  "x-ordering": { orders: { key: "$message.payload#/order_id", partitioner: "murmur2" } },
  channels: named((n) => [
    `event${n}`,
    {
      address: `event.${n}`,
      messages: { [`event${n}`]: { $ref: `#/components/messages/event${n}` } },
      bindings: { kafka: { partitions: 12, replicas: 3, topicConfiguration: { "retention.ms": 1209600000 } } },
    },
  ]),
  operations: named((n) => [
    `send${n}`,
    { action: "send", "x-app": `app ${n % 20}`, channel: { $ref: `#/channels/event${n}` } },
  ]),
  components: {
    messages: named((n) => [
      `event${n}`,
      {
        summary: `What number ${n} says.`,
        payload: payload(n),
        examples: [{ payload: { order_id: n, part: { size: 1 } } }],
      },
    ]),
    schemas: { Part: { type: "object", required: ["size"], properties: { size: { type: "integer" } } } },
  },
};

mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}asyncapi.yaml`, JSON.stringify(contract));
const build = fileURLToPath(new URL("run.js", import.meta.url));
const args = [build, "build", "--contract-only", "--contract", `${folder}asyncapi.yaml`, "--out", `${folder}site`];
const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
rmSync(`${folder}site`, { recursive: true, force: true });
process.exitCode = status ?? 1;
