import { loadContract } from "@keyline/contract";
import { loadContractSource } from "@keyline/contract/source";
import { compareContracts } from "@keyline/contract-diff";
import { alternate, rateOf, type Side } from "./measure.js";

/** A contract of many topics in one domain; `more` goes into every payload. */
function manyChannels(channels: number, more: object): string {
  const each = <Made>(make: (name: string) => Made) =>
    Object.fromEntries(Array.from({ length: channels }, (_, index) => [`event${index}`, make(`event${index}`)]));
  const envelope = { type: "object", required: ["order_id"], properties: { order_id: { type: "integer" } } };
  const properties = {
    kind: { type: "string", enum: ["x", "y", "z"] },
    amounts: { type: "array", items: { type: "number", minimum: 0 } },
    ...more,
  };
  return JSON.stringify({
    ...{ asyncapi: "3.1.0", info: { title: "Many channels", version: "1.0.0" } },
    "x-ordering": { orders: { key: "$message.payload#/order_id", partitioner: "murmur2" } },
    channels: each((name) => ({
      ...{ address: name, messages: { [name]: { $ref: `#/components/messages/${name}` } } },
      bindings: { kafka: { partitions: 12, bindingVersion: "0.5.0" } },
    })),
    components: {
      schemas: { Envelope: envelope },
      messages: each(() => ({
        payload: { allOf: [{ $ref: "#/components/schemas/Envelope" }, { type: "object", properties }] },
      })),
    },
  });
}

const read = (text: string) => ({ readFile: async () => text });

/** (g): what changed between two contracts, loaded and compared, against parsing the two. The rates are pairs a second. */
export async function diffing(channels: number, rounds: number): Promise<readonly Side[]> {
  const before = manyChannels(channels, {});
  const after = manyChannels(channels, { note: { type: "string" } });
  return alternate(rounds, [
    {
      name: `diff of two contracts of ${channels} channels`,
      run: () =>
        rateOf(1, async () => {
          const old = await loadContractSource("before", read(before));
          const fresh = await loadContractSource("after", read(after));
          if (!old.source || !fresh.source) throw new Error("a contract does not load");
          const { changes } = compareContracts(old.source, fresh.source);
          if (changes.length !== channels) throw new Error(`${changes.length} changes in ${channels} channels`);
        }),
    },
    {
      name: "parsing the two, as keyline check does",
      run: () =>
        rateOf(1, async () => {
          for (const [name, text] of Object.entries({ before, after })) {
            const { contract } = await loadContract(name, read(text));
            if (contract?.channels.length !== channels) throw new Error("a contract does not load");
          }
        }),
    },
  ]);
}
