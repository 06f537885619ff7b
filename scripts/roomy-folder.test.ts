import { expect, test } from "vitest";
import { roomyFolder } from "./roomy-folder.ts";

const gigabytes = 2 ** 30;

test("files of tests lie in memory where there is room for them", () => {
  const folder = roomyFolder({ room: 10 * gigabytes, runsPrograms: true });
  expect(folder).toEqual({ env: { TMPDIR: "/dev/shm" }, warning: null });
});

test("where memory will not do, a warning says why, what that costs and what to do", () => {
  const { env, warning } = roomyFolder({ room: gigabytes / 16, runsPrograms: true });
  expect(env).toEqual({});
  expect(warning).toMatch(/^\/dev\/shm has 0\.1 GB left, and 8\.0 GB are needed: .* --shm-size=9g/);
  expect(roomyFolder({ room: 0, runsPrograms: false }).warning).toMatch(/is not there/);
  expect(roomyFolder({ room: 10 * gigabytes, runsPrograms: false }).warning).toMatch(/lets no program run/);
});
