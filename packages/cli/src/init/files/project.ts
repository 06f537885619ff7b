import manifest from "../../../package.json" with { type: "json" };

/** Versions of what the new project needs beside Keyline's own packages. */
export const toolVersions = { "@types/node": "24.19.2", typescript: "6.0.3" } as const;

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** `package.json`: the generated packages are workspaces, in the order in which they are built. */
export const manifestFile = (name: string, scope: string): string =>
  json({
    name,
    version: "0.1.0",
    private: true,
    type: "module",
    engines: { node: ">=22.18" },
    workspaces: ["packages/events", "packages/producer", "packages/consumer"],
    scripts: {
      start: "node src/main.ts",
      test: 'node --test "test/*.test.ts"',
      check: "keyline check",
      generate: "keyline generate && npm run -s build",
      "generate:check": "keyline generate --check",
      docs: "keyline docs",
      build: "npm run -s build --workspaces",
      typecheck: "tsc",
      prepare: "npm run -s build",
    },
    keyline: { contract: "asyncapi.yaml", out: "packages", scope },
    dependencies: {
      "@keyline/kafkajs": manifest.dependencies["@keyline/kafkajs"],
      "@keyline/runtime": manifest.dependencies["@keyline/runtime"],
    },
    devDependencies: { "@keyline/cli": manifest.version, ...toolVersions },
    // The one install script below these packages, of @asyncapi/parser's: it reports the install to its makers.
    allowScripts: { "@scarf/scarf": false },
  });

/** `tsconfig.json`: Node runs the sources as they are, so nothing is emitted. */
export const tsconfigFile = (): string =>
  json({
    compilerOptions: {
      target: "es2024",
      module: "nodenext",
      types: ["node"],
      strict: true,
      erasableSyntaxOnly: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      noEmit: true,
    },
    include: ["src", "test"],
  });

export const gitignoreFile = "node_modules\ndist\n";

/** `README.md`: what to run, and where to go on. */
export const readmeFile = (name: string): string => `# ${name}

\`asyncapi.yaml\` is the contract: topics, schemas and the key that keeps an order's events in order. \`packages/\` is
generated from it; everything else is yours.

\`\`\`sh
npm install                # builds packages/ too
npm start                  # a producer and a consumer, on a cluster in their own process
npm test                   # the projection in src/balance.ts, without a broker
\`\`\`

After a change of the contract:

\`\`\`sh
npm run check              # what is wrong, at which line, and how to mend it
npm run generate           # the packages anew; npm run generate:check tells in CI when they have drifted
npm run docs               # a page for each topic and message, in docs/contract
\`\`\`

On Kafka nothing changes but the environment:

\`\`\`sh
export KAFKA_BROKERS=localhost:9092
npx keyline topics apply --replicas 1
npm start
npx keyline trace 1001     # one order's events over all topics
\`\`\`
`;
