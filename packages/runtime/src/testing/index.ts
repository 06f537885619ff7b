export { createRandom, type Random } from "../random.js";
export { acceptsOf } from "../schema/accept.js";
export { undeclaredPaths } from "../schema/undeclared.js";
export { createMemoryStore } from "./memory-store.js";
export { type Given, type ProjectionDriver, type TestEmission, testProjection } from "./test-projection.js";
