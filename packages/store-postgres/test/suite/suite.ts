import { effects } from "./effects.js";
import { fences } from "./fences.js";
import { sameAsMemory } from "./random.js";
import type { OpenStore } from "./support.js";
import { roundTrips } from "./values.js";

/** What every store must do. */
export function storeSuite(open: OpenStore): void {
  effects(open);
  fences(open);
  roundTrips(open);
  sameAsMemory(open);
}
