import { defineConfig } from "vitest/config";
import { conditions, env } from "./vitest.config.ts";

// What takes minutes on real brokers and of which `npm test` runs a part: `npm run test:all`.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: { include: ["tests/*/kafka/**/*.whole.test.ts", "tests/*/whole/**/*.test.ts"], env, testTimeout: 30_000 },
});
