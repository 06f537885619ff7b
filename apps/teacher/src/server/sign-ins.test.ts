import { expect, it } from "vitest";
import { createSessions } from "./sessions.js";
import { createSignIns } from "./sign-ins.js";

const token = "a token of some length";

it("a right token is answered at once, a wrong one late, and an address that fails all the time is not heard", async () => {
  const signIns = createSignIns(createSessions(token), 200);
  const startMs = performance.now();
  const wrong = signIns.begin("wrong", "10.0.0.3");
  const right = signIns.begin(token, "10.0.0.1");
  expect(await Promise.race([wrong, right])).toHaveProperty("cookie");
  const failing = Array.from({ length: 5 }, () => signIns.begin("wrong", "10.0.0.1"));
  expect(await signIns.begin("wrong", "10.0.0.1")).toEqual({ refused: "too-many" });
  // Not even whether it is right is told.
  expect(await signIns.begin(token, "10.0.0.1")).toEqual({ refused: "too-many" });
  expect(await signIns.begin(token, "10.0.0.2")).toHaveProperty("cookie");
  expect(await Promise.all(failing)).toEqual(Array(5).fill({ refused: "wrong" }));
  expect(performance.now() - startMs).toBeGreaterThan(190);
  expect(await signIns.begin(token, "10.0.0.1")).toHaveProperty("cookie");
});

it("so many addresses as wait at once are not heard either", async () => {
  const signIns = createSignIns(createSessions(token), 100);
  const failing = Array.from({ length: 200 }, (_, index) => signIns.begin("wrong", `10.0.0.${index}`));
  expect(await signIns.begin(token, "10.0.1.1")).toEqual({ refused: "too-many" });
  await Promise.all(failing);
  expect(await signIns.begin(token, "10.0.1.1")).toHaveProperty("cookie");
});
