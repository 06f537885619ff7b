import { env } from "node:process";
import fc from "fast-check";

const wanted = env.KEYLINE_SEED ?? "20261128";

// Properties that name no seed have the same in each run, so that a failure is the change's; with KEYLINE_SEED another one.
fc.configureGlobal({ seed: wanted === "random" ? Math.trunc(Math.random() * 2 ** 31) : Number(wanted) });
