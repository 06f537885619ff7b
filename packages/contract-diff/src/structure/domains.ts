import { type ContractDomain, defaultMaxKeyBytes } from "@keyline/contract";
import { allMajor, appsOn, type Comparing, type FoundChange, placeIn } from "./context.js";

/** The new name of a domain that only got another one: it keeps its key, its partitioner and a topic. */
export const renamedDomains = ({ before, after, pairs }: Comparing): ReadonlyMap<string, string> => {
  const [old, fresh] = [before.contract.domains, after.contract.domains];
  const names = (domains: readonly ContractDomain[]) => new Set(domains.map(({ name }) => name));
  const [oldNames, newNames] = [names(old), names(fresh)];
  const isAlike = (one: ContractDomain, other: ContractDomain) =>
    one.keyPath.join("/") === other.keyPath.join("/") && one.partitioner === other.partitioner;
  const sharesTopic = (one: ContractDomain, other: ContractDomain) =>
    pairs.some((pair) => pair.before.domain === one.name && pair.after.domain === other.name);
  return new Map(
    old
      .filter(({ name }) => !newNames.has(name))
      .flatMap((one) => {
        const other = fresh.find((each) => !oldNames.has(each.name) && isAlike(one, each) && sharesTopic(one, each));
        return other ? [[one.name, other.name] as const] : [];
      }),
  );
};

/** Compares the ordering domains. */
export const compareDomains = (comparing: Comparing, renamed: ReadonlyMap<string, string>): void => {
  const { before, after, foundChanges } = comparing;
  for (const old of before.contract.domains) {
    const name = renamed.get(old.name) ?? old.name;
    const fresh = after.contract.domains.find((domain) => domain.name === name);
    if (fresh) compareDomain(comparing, old, fresh);
    else if (comparing.pairs.some((pair) => pair.after.domain === name)) {
      foundChanges.add({
        ...reach(comparing, old),
        rule: "key-moved",
        message: `domain ${name} cannot be read in the new contract, so its key and partitioner cannot be compared`,
        position: placeIn(after, "x-ordering", name),
        before: placeIn(before, "x-ordering", old.name),
        isDecided: false,
        steps: allMajor,
      });
    }
  }
};

const reach = (comparing: Comparing, { name }: ContractDomain): Pick<FoundChange, "topics" | "apps"> => {
  const pairs = comparing.pairs.filter((pair) => pair.before.domain === name);
  return {
    topics: pairs.map((pair) => pair.before.address),
    apps: appsOn(
      comparing,
      pairs.flatMap((pair) => [pair.before.id, pair.after.id]),
    ),
  };
};

const compareKeyLength = (comparing: Comparing, old: ContractDomain, fresh: ContractDomain): void => {
  const [was, is] = [old.maxKeyBytes ?? defaultMaxKeyBytes, fresh.maxKeyBytes ?? defaultMaxKeyBytes];
  if (was === is) return;
  const { before, after, foundChanges } = comparing;
  foundChanges.add({
    ...reach(comparing, old),
    rule: "key-length-changed",
    verdict: is < was ? "breaking" : "compatible",
    message: `a key of domain ${fresh.name} may have ${is} bytes, it was ${was}`,
    position: placeIn(after, "x-ordering", fresh.name, "maxKeyBytes"),
    before: placeIn(before, "x-ordering", old.name, "maxKeyBytes"),
    steps: allMajor,
  });
};

const compareDomain = (comparing: Comparing, old: ContractDomain, fresh: ContractDomain): void => {
  const { before, after, foundChanges } = comparing;
  const add = (rule: FoundChange["rule"], field: readonly string[], message: string) =>
    foundChanges.add({
      ...reach(comparing, old),
      rule,
      message,
      position: placeIn(after, "x-ordering", fresh.name, ...field),
      before: placeIn(before, "x-ordering", old.name, ...field),
      steps: allMajor,
    });
  if (old.name !== fresh.name) add("domain-renamed", [], `domain ${old.name} is called ${fresh.name} now`);
  if (JSON.stringify(old.keyPath) !== JSON.stringify(fresh.keyPath))
    add("key-moved", ["key"], `the key of domain ${fresh.name} is ${fresh.keyExpression}, it was ${old.keyExpression}`);
  else if (old.keyType !== fresh.keyType)
    add(
      "key-type-changed",
      ["key"],
      `the key of domain ${fresh.name} is of type ${fresh.keyType}, it was ${old.keyType}`,
    );
  compareKeyLength(comparing, old, fresh);
  if (old.partitioner !== fresh.partitioner) {
    const message = `domain ${fresh.name} has the partitioner ${fresh.partitioner}, it was ${old.partitioner}`;
    add("partitioner-changed", ["partitioner"], message);
  }
};
