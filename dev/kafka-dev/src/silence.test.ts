import { Socket } from "node:net";
import { expect, it } from "vitest";
import { createConnections } from "./silence.ts";

const passing = ({ passes }: ReturnType<typeof createConnections>, client: Socket) =>
  (["requests", "answers"] as const).filter((direction) => passes(client, direction));

it("connections that are open fall silent in one direction, then in both, and later ones work", () => {
  const connections = createConnections();
  const [early, late] = [new Socket(), new Socket()];
  connections.opened(early);
  connections.silence("answers", 0);
  connections.opened(late);
  expect([passing(connections, early), passing(connections, late)]).toEqual([["requests"], ["requests", "answers"]]);
  expect([connections.open(), connections.silent()]).toEqual([2, 1]);
  connections.silence("requests", 0);
  expect([passing(connections, early), passing(connections, late)]).toEqual([[], ["answers"]]);
  connections.closed(early);
  expect([connections.open(), connections.silent()]).toEqual([1, 1]);
});

it("connections that are opened during a silence are silent too", () => {
  const connections = createConnections();
  connections.silence("both", 60_000);
  const client = new Socket();
  connections.opened(client);
  expect(passing(connections, client)).toEqual([]);
});
