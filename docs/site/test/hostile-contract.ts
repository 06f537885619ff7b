/** Texts that would run, or break out of where they stand, were they not taken for text. Running sets `globalThis.pwned`. */
export const attacks: readonly string[] = [
  "<script>globalThis.pwned = 1</script>",
  "<img src=x onerror='globalThis.pwned = 1'>",
  "a | b | c",
  "`tick` ``` fence",
  "--- title: stolen ---",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the attack
  "{globalThis.pwned = 1} ${1 + 1} {{x}}",
  "</code></dl></main><h1>out</h1>",
  "[link](javascript:globalThis.pwned=1)",
  "*bold* _it_ ~~no~~ # heading",
  ":::note[x] ::: :name{a=b}",
  "&lt;b&gt; &amp; \\ \\| \" '",
  "import x from 'y' export default 1",
];

const messageOf = (text: string, index: number) => ({
  name: `m${index} ${text}`,
  title: text,
  summary: text,
  description: text,
  payload: {
    type: "object",
    required: ["id", text],
    properties: {
      id: { type: "string", minLength: 1, description: text, pattern: "^a|b$" },
      [text]: { type: "string", enum: [text], description: text, default: text },
    },
  },
  examples: [{ name: text, summary: text, payload: { id: "a", [text]: text } }],
});

const channelOf = (text: string, index: number) => ({
  address: `topic.${index}`,
  title: text,
  summary: text,
  description: text,
  messages: { [`m${index}`]: messageOf(text, index) },
  bindings: { kafka: { partitions: 3, topicConfiguration: { "retention.ms": 1000 } } },
});

const operationOf = (text: string, index: number) => ({
  action: index % 2 === 0 ? "send" : "receive",
  channel: { $ref: `#/channels/c${index}` },
  summary: text,
  "x-app": text,
});

/** A contract whose every text is an attack, as JSON, which is YAML too. */
export const hostileContract = (): string =>
  JSON.stringify({
    asyncapi: "3.0.0",
    info: { title: attacks.join(" "), version: "1.0.0", description: attacks.join("\n\n") },
    "x-ordering": { things: { key: "$message.payload#/id", partitioner: "murmur2" } },
    channels: Object.fromEntries(attacks.map((text, index) => [`c${index}`, channelOf(text, index)])),
    operations: Object.fromEntries(attacks.map((text, index) => [`o${index}`, operationOf(text, index)])),
  });
