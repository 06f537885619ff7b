import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ErrorCode, errorCodes } from "@keyline/runtime";
import { expect, test } from "vitest";
import { clusterKinds } from "../cluster/kinds.js";
import { recordKinds } from "./kinds.js";
import { kindOf } from "./shared-id.js";

const page = (path: string) => readFileSync(join(import.meta.dirname, "../../../../docs", path), "utf8");

const codes = (Object.keys(errorCodes) as ErrorCode[]).filter(
  (code) => kindOf(code) in { ...recordKinds, ...clusterKinds },
);

test("findings share the words of 13 error codes", () => {
  expect(codes).toHaveLength(13);
});

test.each(codes)("the page of %s and that of its finding name each other", (code) => {
  const kind = kindOf(code);
  expect(page(`findings/${kind}.md`)).toContain(`[${code}](../errors/${code}.md)`);
  expect(page(`errors/${code}.md`)).toContain(`[${kind}](../findings/${kind}.md)`);
});
