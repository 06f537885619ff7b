export { type DeclaredOptions, printDeclared } from "./declared.js";
export { membersOf } from "./members.js";
export { type PrintOptions, printSchema } from "./print.js";
export { call, commentText, docComment, list, literal, propertyKey, shift } from "./text.js";
export { type Member, type TypeModel, typeOfSchema } from "./type-of.js";
export { printMembers, printType } from "./type-text.js";
