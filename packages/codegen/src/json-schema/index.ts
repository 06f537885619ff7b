export { type DeclaredOptions, printDeclared } from "./declared.js";
export { type PrintOptions, printSchema } from "./print.js";
export { type SchemaProblem, schemaProblems } from "./problems.js";
export { call, commentText, docComment, list, literal, propertyKey, shift } from "./text.js";
export { printType } from "./type-text.js";
