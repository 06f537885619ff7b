import { expect, test } from "vitest";
import * as codegen from "./index.js";

test("every value that generated code may import is there", () => {
  const values = Object.entries(codegen.codegenSymbols).filter(([, kind]) => kind === "value");
  expect(values.map(([name]) => name).filter((name) => !(name in codegen))).toEqual([]);
});
