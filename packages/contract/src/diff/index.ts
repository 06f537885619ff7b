export { type Comparer, type Containment, createComparer, type SchemaOf, type Side } from "./schema/contains.js";
