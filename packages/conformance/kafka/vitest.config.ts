import { defineConfig } from "vitest/config";
import shared from "../../../vitest.config.js";

// The promises on a real broker take minutes: a run of their own, `npm run conformance:kafka`.
export default defineConfig({
  ...shared,
  test: { ...shared.test, include: ["packages/conformance/kafka/**/*.test.ts"] },
});
