import { KeylineError } from "../errors.js";
import { isCanonicalKey } from "../key/canonical.js";
import type { Store } from "../ports/store.js";
import { checkStore } from "../stored-format.js";
import type { Projection } from "./define.js";
import { domainOf } from "./domain-of.js";
import { loadKeyState } from "./key-state.js";

/** Reads the states of a projection. */
export interface StateReader<State> {
  /**
   * The key's state after the projection's last transaction; null if there is none: no event of the key has been read
   * yet, or none since the projection was reset. While the key is parked it is the state before its first parked event,
   * or `initial` if no event of it was applied. It does not include an event that was just sent. Rejects with
   * `key_invalid` for a text that is not a key of the domain, with `store_unavailable`, and with `store_format` for a
   * row that a newer runtime has written.
   */
  get(key: string | number): Promise<State | null>;
}

/**
 * Creates a reader of a projection's states in its store. Any process may use it, also while copies of the projection
 * run; it takes no lane. The type is that of the reader's own code: a state that another version has written may have
 * another shape. Throws `options_invalid` for a projection that cannot run, and `store_format` for a store of another
 * format.
 */
export function stateReader<State>(
  projection: Pick<Projection<State>, "name" | "reads" | "initial">,
  store: Pick<Store, "format" | "readStates">,
): StateReader<State> {
  checkStore(store);
  const domain = domainOf(projection);
  const app = { app: projection.name, domain: domain.name };
  return {
    async get(key) {
      const text = String(key);
      if (!isCanonicalKey(text, domain.keyType))
        throw new KeylineError(
          "key_invalid",
          `cannot read ${projection.name}: ${JSON.stringify(text)} is not a valid key of ${domain.name}`,
        );
      const row = (await store.readStates(app, [text])).get(text);
      return row === undefined ? null : (loadKeyState(row).state as State | null);
    },
  };
}
