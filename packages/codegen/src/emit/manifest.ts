import manifest from "../../package.json" with { type: "json" };
import type { EmitContext } from "./context.js";
import type { Part } from "./layout.js";

/** The official pattern of semver.org. */
const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

/** The contract's version where npm can take it, else 0.0.0. */
export const packageVersion = (version: string): string =>
  semver.test(version) && version.length <= 256 ? version : "0.0.0";

/** The generator's name and version, as headers say it. */
export const tool = `${manifest.name} ${manifest.version}`;

const purposes: Readonly<Record<Part, string>> = {
  events: "Schemas, types and topic descriptors",
  producer: "Typed producer",
  consumer: "Typed consumer and projections",
};

/** The package that every generated file imports from; with the layout `single` there is no other. */
export const runtimeDependency = { "@keyline/runtime": manifest.dependencies["@keyline/runtime"] } as const;

function dependenciesOf(part: Part, { layout, contract }: EmitContext) {
  if (part === "events") return { ...runtimeDependency, zod: manifest.devDependencies.zod };
  return { ...runtimeDependency, [layout.part("events")]: packageVersion(contract.version) };
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** `package.json` of a part. TypeScript 7 reads none with a lone surrogate, and takes the part for CommonJS then. */
export function emitManifest(part: Part, context: EmitContext): string {
  const title = context.contract.title.toWellFormed().replaceAll(/\s+/g, " ").trim();
  return json({
    name: context.layout.part(part),
    version: packageVersion(context.contract.version),
    description: `${purposes[part]}, generated from the contract ${title}`,
    type: "module",
    engines: { node: ">=22.18" },
    sideEffects: false,
    files: ["dist", "src"],
    exports: {
      ".": { "@keyline/source": "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" },
    },
    scripts: { build: "tsc -p tsconfig.json", typecheck: "tsc -p tsconfig.json --noEmit" },
    dependencies: dependenciesOf(part, context),
    devDependencies: { typescript: manifest.devDependencies.typescript },
  });
}

/** `tsconfig.json` of a part: complete in itself, with the strictest flags. */
export function emitTsconfig(): string {
  return json({
    compilerOptions: {
      target: "es2023",
      lib: ["es2023"],
      module: "nodenext",
      moduleResolution: "nodenext",
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noImplicitOverride: true,
      noImplicitReturns: true,
      noFallthroughCasesInSwitch: true,
      noUnusedLocals: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      isolatedDeclarations: true,
      skipLibCheck: true,
      declaration: true,
      sourceMap: true,
      rootDir: "src",
      outDir: "dist",
    },
    include: ["src"],
  });
}
