import { useCallback, useEffect, useState } from "preact/hooks";
import type { Ids, WireStudent } from "../../src/wire.js";
import { readIds } from "../live/requests.js";

/** What students are called on this page. */
export interface Naming {
  readonly showsIds: boolean;
  setShowsIds(shows: boolean): void;
  nameOf(student: Pick<WireStudent, "ref" | "pseudonym">): string;
}

/** Pseudonyms, or, where the reader asks for them, ids: the server tells them only then. */
export function useNames(studentCount: number): Naming {
  const [showsIds, setShowsIds] = useState(false);
  const [ids, setIds] = useState<Ids>({});
  useEffect(() => {
    if (!showsIds) return;
    readIds().then(setIds, () => undefined);
    // Asked again when a new student has come.
  }, [showsIds, studentCount]);
  const nameOf = useCallback(
    ({ ref, pseudonym }: Pick<WireStudent, "ref" | "pseudonym">) => {
      const id = showsIds ? ids[ref] : undefined;
      return id === undefined ? pseudonym : `Student ${id}`;
    },
    [showsIds, ids],
  );
  return { showsIds, setShowsIds, nameOf };
}
