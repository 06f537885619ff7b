import { describe, expect, it } from "vitest";
import { harms } from "../src/harm/harm.js";
import { runCommand, runner } from "./command.js";
import { runOnTerminal } from "./terminal.js";

/** A class that is as small as one can be in which something goes wrong. */
const smallest = ["demo", "--students", "6", "--rate", "80", "--seconds", "1"];
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
    const { exitCode, stdout } = await runCommand([...smallest, "--inject", harm]);
    expect(stdout).toContain("the rules of the domain are broken");
    expect(exitCode).toBe(3);
  });

  it("stays up on a terminal, with the teacher's page going on, until Ctrl-C", async () => {
    const demo = runOnTerminal([process.execPath, runner, "demo", "--students", "4", "--rate", "50", "--seconds", "1"]);
    const [, url = ""] = await demo.says(
      /the class goes on, slowly, on the teacher's page: (http:\/\/127\.0\.0\.1:\d+)/,
    );
    expect(await (await fetch(url)).text()).toContain('<script type="module" src="/page.js">');
    const ids = (await (await fetch(`${url}/api/ids`)).json()) as object;
    expect(Object.values(ids).sort()).toEqual(["1", "2", "3", "4"]);
    demo.interrupt();
    expect(await demo.exited).toBe(0);
  });

  it("ends after its summary on a terminal with --once", async () => {
    const demo = runOnTerminal([process.execPath, runner, ...smallest, "--once"]);
    await demo.says(/everything matches the rules of the domain/);
    expect(await demo.exited).toBe(0);
  });

  it("exits with 130 when it is interrupted", async () => {
    const { exitCode } = await runCommand(["demo"], { interruptAt: "the teacher's page: " });
    expect(exitCode).toBe(130);
  });

  it.each([
    ["--students", "x"],
    ["--seconds", "21"],
    ["--inject", "more"],
    ["--kafka", "--inject=drop"],
    ["--port", "65536"],
    ["--colour"],
    ["extra"],
  ])("explains itself and exits with 2 for %s %s", async (...args) => {
    const { exitCode, stdout, stderr } = await runCommand(["demo", ...args]);
    expect(stderr).toContain("usage: npm run demo");
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });
});
