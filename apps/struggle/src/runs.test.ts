import { describe, expect, it } from "vitest";
import { noRuns, type Runs, withExecution } from "./runs.js";

const ok = { success: true };
const failed = (error_type?: string) => ({ success: false, error_type });
const runsAfter = (...executions: readonly { success: boolean; error_type?: string | undefined }[]): Runs =>
  executions.reduce(withExecution, noRuns);

describe("a run of the same error", () => {
  it("grows with each failure of that error", () => {
    expect(runsAfter(failed("NameError"), failed("NameError"), failed("NameError")).sameError).toEqual({
      errorType: "NameError",
      length: 3,
    });
  });

  it("starts at 1 with another error", () => {
    expect(runsAfter(failed("NameError"), failed("NameError"), failed("TypeError")).sameError).toEqual({
      errorType: "TypeError",
      length: 1,
    });
  });

  it("ends with a success, and with a failure without an error", () => {
    expect(runsAfter(failed("NameError"), ok).sameError).toBeNull();
    expect(runsAfter(failed("NameError"), failed()).sameError).toBeNull();
    expect(runsAfter(failed("NameError"), failed(), failed("NameError")).sameError?.length).toBe(1);
  });

  it("does not begin with a success that names an error", () => {
    expect(runsAfter({ success: true, error_type: "NameError" }).sameError).toBeNull();
  });
});

describe("a run of failures", () => {
  it("grows with failures of any kind", () => {
    expect(runsAfter(failed("NameError"), failed(), failed("TypeError")).failures).toBe(3);
  });

  it("ends with a success", () => {
    expect(runsAfter(failed(), failed(), ok, failed()).failures).toBe(1);
  });
});
