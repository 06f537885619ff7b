import { expect, test } from "vitest";
import * as surface from "../src/index.js";

test("the package exports what it says, and no more", () => {
  expect(Object.keys(surface).sort()).toEqual(["compareContracts", "createComparer", "diffRules", "ruleOf"]);
});
