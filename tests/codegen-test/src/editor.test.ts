import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadContract } from "@keyline/contract";
import { expect, test } from "vitest";
import { features } from "./contracts/features.js";
import { type Generated, layOut } from "./kit/compile.js";
import { type Editor, openEditor } from "./kit/editor.js";
import { filesOf, generated } from "./kit/generated.js";

async function edit(folder: string, sdk: Generated, text: string): Promise<Editor> {
  const root = await layOut(folder, [sdk]);
  const file = join(root, "edited.ts");
  const imports = `import type { Transport } from "@keyline/runtime";
import { createConsumer, defineProjection } from "${sdk.scope}/consumer";
import { createProducer } from "${sdk.scope}/producer";
declare const transport: Transport;
const producer = createProducer({ transport, source: "editor" });
`;
  await writeFile(file, imports + text);
  return openEditor(root, [sdk], file);
}

test("an editor on the student SDK shows the names of types and what the contract says of topics and fields", async () => {
  const { contract } = await loadContract(fileURLToPath(new URL("../../../asyncapi.yaml", import.meta.url)));
  if (!contract) throw new Error("the contract does not load");
  const sdk = { scope: "@students", files: filesOf(contract, "@students") };
  const editor = await edit(
    "editor-students",
    sdk,
    `
producer.codeExecuted({ student_id: 1, payload: { submission_id: "", module: "oop", success: true, execution_time_ms: 1 } });
producer.codeExecuted({ student_id: 2, payload: {  } });
createConsumer({
  transport,
  groupId: "editor",
  on: { codeExecuted: (event) => console.log(event.payload.module) },
});
defineProjection({
  name: "runs",
  initial: () => 0,
  on: { codeExecuted: (state, run, ctx) => (ctx.emit.learningProgress({}), state + run.payload.execution_time_ms) },
});
`,
  );

  const call = editor.hover("producer.codeExecuted");
  expect(call.signature).toContain("(event: CodeExecutedInput, options?: SendOptions) => Promise<Sent>");
  expect(call.documentation).toContain("How a submission ran in the sandbox.");
  expect(call.documentation).toContain("Topic `code.executed`, ordered by key in the domain students.");
  expect(editor.signature("producer.codeExecuted(")).toContain("event: CodeExecutedInput");
  expect(editor.hover("{ student_id").documentation).toContain("The student.");
  expect(editor.complete("producer.", "codeExecuted")?.documentation).toContain("How a submission ran");

  const offered = editor.complete("student_id: 2, payload: { ", "error_type");
  expect(offered?.signature).toContain("CodeExecutedPayload.error_type?: string | undefined");
  expect(offered?.documentation).toContain("The class of the Python exception");
  expect(editor.complete("producer.codeExecuted({ ", "timestamp")?.documentation).toContain(
    "Filled in where it is left out: the time of the call.",
  );

  expect(editor.hover("(event").signature).toBe("(parameter) event: CodeExecuted");
  const field = editor.hover("event.payload.module");
  expect(field.signature).toBe("(property) CodeExecutedPayload.module: Module");
  expect(field.documentation).toBe("One of the curriculum's eight modules.");
  expect(editor.hover("on: { codeExecuted").documentation).toContain("How a submission ran in the sandbox.");

  expect(editor.hover("(state, run").signature).toBe("(parameter) run: CodeExecuted");
  expect(editor.hover("ctx.emit.learningProgress").signature).toContain("(event: LearningProgressInput) => void");
}, 240_000);

test("so it does on foreign ones: unions, several messages on a topic, parameters", async () => {
  const open = async (name: string, text: string) => {
    const feature = features.find((one) => one.name === name);
    return edit(`editor-${name}`, { scope: `@${name}`, files: await generated(feature?.yaml ?? "", `@${name}`) }, text);
  };
  const accounts = await open("several-messages", 'producer.accounts.closed({ account: "a", reason: "moved" });');
  expect(accounts.hover("accounts.closed").signature).toContain("(event: ClosedInput, options?: SendOptions)");
  const metrics = await open("unkeyed-with-parameters", "producer.measured({ value: 1 }, {});");
  expect(metrics.hover("producer.measured").signature).toContain("event: MeasuredInput, options: SendOptions & {");
  const unions = await open("open-and-unions", 'producer.either({ kind: "circle", radius: 1 });');
  expect(unions.hover("producer.either").signature).toMatch(/event: Either(Input)?, /);
  expect(unions.complete('{ kind: "circle", ', "radius")?.signature).toContain("radius: number");
}, 240_000);
