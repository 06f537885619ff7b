import { expect, it } from "vitest";
import { reachFault } from "./teacher-page.js";

const token = "a token of some length";
const publicUrl = "https://teacher.school.example";

it("is for this machine alone unless there is a token and an address", () => {
  for (const host of ["127.0.0.1", "localhost", "::1"]) expect(reachFault({ host })).toBeNull();
  for (const host of ["0.0.0.0", "::", "10.0.0.7", "127.0.0.1.evil.example"]) {
    expect(reachFault({ host })).toMatch(/needs a token/);
    expect(reachFault({ host, publicUrl })).toMatch(/needs a token/);
    expect(reachFault({ host, token })).toMatch(/needs its address/);
    expect(reachFault({ host, token, publicUrl })).toBeNull();
  }
});

it("is served by https beyond this machine, unless it is said that http will do", () => {
  const reach = { host: "0.0.0.0", token, publicUrl: "http://teacher.school.example" };
  expect(reachFault(reach)).toMatch(/PAGE_URL is http/);
  expect(reachFault({ ...reach, allowsHttp: true })).toBeNull();
  expect(reachFault({ ...reach, publicUrl: "http://127.0.0.1:8080" })).toBeNull();
});

it("counts as reachable behind a proxy of this machine", () => {
  expect(reachFault({ host: "127.0.0.1", publicUrl })).toMatch(/needs a token/);
});
