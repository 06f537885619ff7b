import { createMemoryStore } from "@keyline/runtime/testing";
import { describe } from "vitest";
import { storeSuite } from "./suite/suite.js";

const store = createMemoryStore();

describe("the store in memory", () => storeSuite(() => store));
