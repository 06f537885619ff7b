export { acceptsOf } from "../codegen/schema/accept.js";
export { undeclaredPaths } from "../codegen/undeclared.js";
export { createMemoryStore } from "./memory-store.js";
export { type Given, type ProjectionDriver, type TestEmission, testProjection } from "./test-projection.js";
