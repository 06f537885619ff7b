import { generate } from "@keyline/codegen";
import { type Perspective, parseContract } from "@keyline/contract";
import { readPackageFile } from "../package-file.js";
import { manifestFile } from "./manifest.js";

/** A file of the new project. */
export interface NewFile {
  readonly path: string;
  readonly content: string;
}

/** What a new project is called. */
export interface ProjectNames {
  readonly name: string;
  /** Of the generated packages, with its `@`. */
  readonly scope: string;
}

/** Where a contract lies that begins a project. */
export const contractPath = "asyncapi.yaml";

/** The contract that begins a project. */
export const contractText = (names: ProjectNames): Promise<string> => filled(contractPath, names);

/** The new project's files by path, each with the file below `template/` that it is made from. */
const templates: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...["src/main.ts", "src/producer.ts", "src/consumer.ts", "src/balance.ts", "src/transport.ts"],
      ...["tsconfig.json", "README.md"],
    ].map((path) => [path, path]),
  ),
  // npm packs neither tests nor a file of this name.
  "test/balance.test.ts": "unit/balance.ts",
  ".gitignore": "gitignore",
};

/** Every file of a new project, those generated from its contract too. */
export async function projectFiles(names: ProjectNames): Promise<readonly NewFile[]> {
  const contract = await contractText(names);
  const files = Object.entries(templates).map(async ([path, from]) => ({ path, content: await filled(from, names) }));
  return [
    { path: contractPath, content: contract },
    { path: "package.json", content: manifestFile({ ...names, contract: contractPath, hasTests: true }) },
    ...(await Promise.all(files)),
    ...(await generated(contract, names.scope)),
  ];
}

/** Where a project around an existing contract gets its files from, by path. */
const templatesAround: Readonly<Record<string, string>> = {
  "src/main.ts": "from/main.ts",
  "README.md": "from/README.md",
  "tsconfig.json": "tsconfig.json",
  ".gitignore": "gitignore",
};

/** The files of a project around an existing contract, but for the contract's own and the generated ones. */
export async function filesAround(
  names: ProjectNames,
  contract: string,
  perspective?: Perspective,
): Promise<readonly NewFile[]> {
  const files = Object.entries(templatesAround).map(async ([path, from]) => {
    const content = await filled(from, names);
    return { path, content: content.replace("`asyncapi.yaml`", () => `\`${contract}\``) };
  });
  const manifest = manifestFile({ ...names, contract, hasTests: false, perspective });
  return [{ path: "package.json", content: manifest }, ...(await Promise.all(files))];
}

/** A template with the project's names: templates import the generated packages by path, as their scope is not known. */
async function filled(path: string, { name, scope }: ProjectNames): Promise<string> {
  const text = await readPackageFile(`template/${path}`);
  if (text === null) throw new Error(`template/${path} is missing from this installation`);
  return text
    .replaceAll(/"\.\.\/packages\/(\w+)"/g, (_, generated) => `"${scope}/${generated}"`)
    .replace("# my-events", () => `# ${name}`)
    .replace('"My events"', () => JSON.stringify(titleOf(name)));
}

async function generated(text: string, scope: string): Promise<readonly NewFile[]> {
  const { contract, diagnostics } = await parseContract(text, { file: contractPath });
  if (contract === null) throw new Error(`the new contract is not valid: ${JSON.stringify(diagnostics)}`);
  return generate(contract, { scope }).files.map(({ path, content }) => ({ path: `packages/${path}`, content }));
}

/** `my-events` -> `My events`. */
const titleOf = (name: string): string => {
  const words = name.replaceAll(/[-._~]+/g, " ").trim();
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
};
