import { expect, it } from "vitest";
import { openStore } from "./store.js";

it("a database that does not answer is said so, as something that may pass: an app that starts beside it waits", async () => {
  await expect(openStore("postgres://nobody@127.0.0.1:1/nothing")).rejects.toMatchObject({
    code: "store_unavailable",
    retryable: true,
  });
});
