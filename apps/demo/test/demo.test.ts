import { describe, expect, it } from "vitest";
import { harms } from "../src/harm/harm.js";
import { runCommand } from "./command.js";

const small = ["demo", "--students", "12", "--rate", "150", "--seconds", "2"];

describe("the demo", { timeout: 90_000 }, () => {
  it("verifies a class and exits with 0", async () => {
    const { exitCode, stdout } = await runCommand(small);
    expect(stdout).toContain("published   300 events");
    expect(stdout).toContain("0 events out of order");
    expect(stdout).toContain("0 events applied twice");
    expect(stdout).toContain("68.00 in control-flow (learning)");
    expect(stdout).toContain("the teacher is alerted: same_error_3x in oop");
    expect(exitCode).toBe(0);
  });

  it.each(harms)("finds what --inject %s has done and exits with 3", async (harm) => {
    const { exitCode, stdout } = await runCommand([...small, "--inject", harm]);
    expect(stdout).toContain("not as the domain says");
    expect(exitCode).toBe(3);
  });

  it("exits with 130 when it is interrupted", async () => {
    const { exitCode } = await runCommand(["demo"], { interruptAfterMs: 4000 });
    expect(exitCode).toBe(130);
  });

  it.each([
    ["--students", "x"],
    ["--seconds", "21"],
    ["--inject", "more"],
    ["--kafka", "--inject=drop"],
    ["--colour"],
    ["extra"],
  ])("explains itself and exits with 2 for %s %s", async (...args) => {
    const { exitCode, stdout, stderr } = await runCommand(["demo", ...args]);
    expect(stderr).toContain("usage: npm run demo");
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });
});
