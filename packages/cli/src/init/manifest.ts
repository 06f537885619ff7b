import type { Perspective } from "@keyline/contract";
import manifest from "../../package.json" with { type: "json" };

/** Versions of what the new project needs beside Keyline's own packages. */
export const toolVersions = { "@types/node": "24.19.2", typescript: "7.0.2" } as const;

/** What a project's `package.json` depends on. */
export interface Manifest {
  readonly name: string;
  readonly scope: string;
  /** The contract's path. */
  readonly contract: string;
  readonly hasTests: boolean;
  /** Whose publish and subscribe a contract of AsyncAPI 2 has, which the contract is. */
  readonly perspective?: Perspective | undefined;
}

/** `package.json`: the generated packages are workspaces, in the order in which they are built. */
export const manifestFile = ({ name, scope, contract, hasTests, perspective }: Manifest): string =>
  `${JSON.stringify(
    {
      name,
      version: "0.1.0",
      private: true,
      type: "module",
      engines: { node: ">=22.18" },
      workspaces: ["packages/events", "packages/producer", "packages/consumer"],
      scripts: {
        start: "node src/main.ts",
        ...(hasTests ? { test: 'node --test "test/*.test.ts"' } : {}),
        check: "keyline check",
        generate: "keyline generate && npm run -s build",
        "generate:check": "keyline generate --check",
        docs: "keyline docs",
        build: "npm run -s build --workspaces",
        typecheck: "tsc",
        prepare: "npm run -s build",
      },
      keyline: { contract, out: "packages", scope, perspective },
      dependencies: {
        "@keyline/kafkajs": manifest.dependencies["@keyline/kafkajs"],
        // Keyline's packages have one version. A project around a contract has no service yet.
        ...(hasTests ? { "@keyline/ops": manifest.version } : {}),
        "@keyline/runtime": manifest.dependencies["@keyline/runtime"],
      },
      devDependencies: { "@keyline/cli": manifest.version, ...toolVersions },
    },
    null,
    2,
  )}\n`;
