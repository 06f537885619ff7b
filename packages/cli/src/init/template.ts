import { generate } from "@keyline/codegen";
import { parseContract } from "@keyline/contract";
import { contractFile } from "./files/contract.js";
import { gitignoreFile, manifestFile, readmeFile, tsconfigFile } from "./files/project.js";
import { sourceFiles } from "./files/source.js";

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

const contractPath = "asyncapi.yaml";

/** Every file of a new project, those generated from its contract too. */
export async function projectFiles({ name, scope }: ProjectNames): Promise<readonly NewFile[]> {
  const contract = contractFile(titleOf(name));
  return [
    { path: contractPath, content: contract },
    { path: "package.json", content: manifestFile(name, scope) },
    ...Object.entries(sourceFiles(scope)).map(([path, content]) => ({ path, content })),
    { path: "tsconfig.json", content: tsconfigFile() },
    { path: "README.md", content: readmeFile(name) },
    { path: ".gitignore", content: gitignoreFile },
    ...(await generated(contract, scope)),
  ];
}

async function generated(text: string, scope: string): Promise<readonly NewFile[]> {
  const { contract, diagnostics } = await parseContract(text, { file: contractPath });
  if (contract === null) throw new Error(`the new contract is broken: ${JSON.stringify(diagnostics)}`);
  return generate(contract, { scope }).files.map(({ path, content }) => ({ path: `packages/${path}`, content }));
}

/** \`my-events\` -> \`My events\`. */
const titleOf = (name: string): string => {
  const words = name.replaceAll(/[-._~]+/g, " ").trim();
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
};
