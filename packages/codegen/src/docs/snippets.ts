import type { EmitContext } from "../emit/context.js";
import { inputExample, member, parametersExample } from "../emit/snippet.js";
import { literal, propertyKey } from "../json-schema/index.js";
import type { MessageNames, TopicNames } from "../names/plan.js";

const transport = 'createKafkajsTransport({ brokers: ["localhost:9092"] })';

/** What the message is called on the topic; null where the topic carries no other. */
function nameOn({ messages }: TopicNames, message: MessageNames): string | null {
  const found = messages.find((one) => one.message === message);
  return messages.length === 1 || !found ? null : found.name;
}

/** A module that sends a message. */
export function sendModule(topic: TopicNames, message: MessageNames, source: string, context: EmitContext): string {
  const name = nameOn(topic, message);
  const parameters = parametersExample(topic);
  const options = parameters === null ? "" : `, { parameters: ${parameters} }`;
  return `import { createKafkajsTransport } from "@keyline/kafkajs";
import { createProducer } from "${context.layout.part("producer")}";

const producer = createProducer({
  transport: ${transport},
  source: ${literal(source)},
});

const sent = await producer${member(topic.name)}${name === null ? "" : member(name)}(${inputExample(message, context)}${options});
console.log(sent.topic, sent.partition, sent.offset);
await producer.close();`;
}

/** A module that handles a message. */
export function receiveModule(topic: TopicNames, message: MessageNames, context: EmitContext): string {
  const name = nameOn(topic, message);
  const parameters = parametersExample(topic);
  const handler = (indent: string) =>
    `async (event, ctx) => {\n${indent}  console.log(ctx.key, ctx.partition, ctx.offset, event);\n${indent}}`;
  const on =
    name === null
      ? `${propertyKey(topic.name)}: ${handler("    ")},`
      : `${propertyKey(topic.name)}: {\n      ${propertyKey(name)}: ${handler("      ")},\n    },`;
  return `import { createKafkajsTransport } from "@keyline/kafkajs";
import { createConsumer } from "${context.layout.part("consumer")}";

const consumer = createConsumer({
  transport: ${transport},
  groupId: "my-service",
${parameters === null ? "" : `  parameters: { ${propertyKey(topic.name)}: [${parameters}] },\n`}  on: {
    ${on}
  },
});
await consumer.run();`;
}
