export { createTestOutbox, type TestOutbox, type WrittenInTest } from "./test-outbox.js";
