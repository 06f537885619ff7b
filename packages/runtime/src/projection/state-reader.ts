import { KeylineError } from "../errors.js";
import { isCanonicalKey } from "../key/canonical.js";
import type { Store } from "../ports/store.js";
import { checkStore } from "../stored-format.js";
import type { Projection } from "./define.js";
import { domainOf } from "./domain-of.js";
import { loadKeyState } from "./key-state.js";

/** Reads what a projection has made of its events. */
export interface StateReader<State> {
  /**
   * The key's state as the last transaction of the projection left it; null where there is none: no event of the key has been
   * read yet, or none since the projection was reset. While the key is parked it is the state before its first parked event, and
   * `initial` where nothing of it has been applied. What has just been sent is not in it yet. Rejects with `key_invalid` for what is not a key of the domain, `store_unavailable`,
   * and `store_format` for a row that a newer runtime has written.
   */
  get(key: string | number): Promise<State | null>;
}

/**
 * Reads a projection's states from its store, and nothing else: any process may do so, also while copies of the projection run, and
 * takes no lane. The type is that of the projection as the reader has it: a state that another version has written may have
 * another shape. Throws `options_invalid` for a projection that cannot run, and `store_format` for a store of another format.
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
