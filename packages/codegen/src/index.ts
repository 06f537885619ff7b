export { type GenerateOptions, type GenerateResult, generate, isScope } from "./generate.js";
export type { GeneratedFile } from "./generated-file.js";
export { compareOutput, type OutputDifference, writeOutput } from "./output/output.js";
