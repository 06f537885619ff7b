import { basename } from "node:path";
import { schemaMapKeywords, valueKeywords } from "@keyline/json-schema";
import type { Diagnostic } from "../contract.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { RuleId } from "../rules/rules.js";
import { type Dialect, dialectOfFormat, dialectOfSchemaUri, readsBesideRef } from "../schemas/dialects/dialect.js";
import { dialectAt } from "../schemas/dialects/place.js";
import { addFile, addText, type Files } from "../source/files.js";
import { entries, entry, type SourceNode, text } from "../source/tree.js";
import { otherVersion } from "../versions/other-version.js";
import { copyNames } from "./copy-names.js";
import { deref, refFile, refText, resolveRef, type Target } from "./resolve.js";

/** Keywords whose keys are names, so that none of them is a keyword. */
const nameKeywords: ReadonlySet<string> = new Set([
  ...[...schemaMapKeywords, "definitions", "$defs", "dependentSchemas"],
  ...["channels", "operations", "messages", "schemas", "servers", "parameters", "messageTraits", "operationTraits"],
  ...["channelBindings", "messageBindings", "operationBindings", "serverBindings", "correlationIds", "replies"],
]);
/** What `schemaFormat` beside it names the format of: the schema, or in version 2 the message's payload. */
const labelledKeys: ReadonlySet<string> = new Set(["schema", "payload"]);
/** Siblings of a `$ref` that change nothing for the data. */
const harmlessSiblings: ReadonlySet<string> = new Set(["$ref", "description", "summary", "title", "$comment"]);

interface Visit {
  readonly node: SourceNode;
  /** Whether the map's keys are names of the author's. */
  readonly names: boolean;
  /** Whether it is read; of schemas in another language the references are not followed, and the files only compared. */
  readonly isRead: boolean;
  /** In what a schema here is written. */
  readonly dialect: Dialect;
}

interface Problem {
  readonly rule: RuleId;
  readonly node: SourceNode;
  readonly says: Pick<Diagnostic, "message" | "fix">;
}

interface Scan {
  readonly files: Files;
  readonly problems: Problem[];
  readonly remotes: Remote[];
  readonly seen: Set<SourceNode>;
  /** Those that were seen in a dialect in which what stands beside a `$ref` holds too. */
  readonly seenBeside: Set<SourceNode>;
  readonly queue: Visit[];
}

/** The dialect in which a map's own keywords are written. */
const dialectIn = ({ node, names, dialect }: Visit): Dialect => {
  const uri = names ? null : text(entry(node, "$schema"));
  return (uri === null ? null : dialectOfSchemaUri(uri)) ?? dialect;
};

const children = (visit: Visit): readonly Visit[] => {
  const { node, names, isRead } = visit;
  const dialect = dialectIn(visit);
  if (node.kind === "list") return node.items.map((item) => ({ node: item, names: false, isRead, dialect }));
  const format = names ? null : text(entry(node, "schemaFormat"));
  const label = format === null ? dialect : dialectOfFormat(format);
  return entries(node)
    .filter(([key]) => names || !(valueKeywords.includes(key) || key.startsWith("x-")))
    .map(([key, value]) => ({
      node: value,
      names: !names && nameKeywords.has(key),
      isRead: isRead && !(label === null && labelledKeys.has(key)),
      dialect: (labelledKeys.has(key) ? label : null) ?? dialect,
    }));
};

const broken = (node: SourceNode, ref: string, reason: string): Problem => ({
  rule: "ref-unresolved",
  node,
  says: {
    message: `$ref ${JSON.stringify(ref)} leads nowhere: ${reason}`,
    fix: "correct the path or the pointer, or add what it should lead to",
  },
});

interface Remote {
  readonly node: SourceNode;
  readonly ref: string;
}

/** What of a remote reference is before its fragment. */
const locationOf = ({ ref }: Remote) => ref.split("#")[0] ?? "";

const remoteProblem = (remote: Remote, names: ReadonlyMap<string, string>): Problem => {
  const location = locationOf(remote);
  const name = names.get(location);
  const local = `./${name}${remote.ref.slice(location.length)}`;
  return {
    rule: "ref-remote",
    node: remote.node,
    says: {
      message: `$ref ${JSON.stringify(remote.ref)} is remote: a contract is read without a network`,
      fix: `copy ${location} to ${name} beside this file, and write $ref: ${JSON.stringify(local)}`,
    },
  };
};

/** Remote references, each with a copy to be made that has a name of its own. */
const remoteProblems = ({ files, remotes }: Scan): readonly Problem[] => {
  const taken = new Set([...files.byPath.keys()].map((path) => basename(path)));
  const names = copyNames([...new Set(remotes.map(locationOf))].sort(), taken);
  return remotes.map((remote) => remoteProblem(remote, names));
};

const outside = (node: SourceNode, ref: string): Problem => ({
  rule: "ref-outside",
  node,
  says: {
    message: `$ref ${JSON.stringify(ref)} leads out of the contract's folder and its git repository`,
    fix: "keep the file beside the contract, or open its folder with --allow-refs DIR",
  },
});

const siblings = (node: SourceNode): readonly Problem[] => {
  const ignored = entries(node).filter(([key]) => !harmlessSiblings.has(key) && !key.startsWith("x-"));
  const names = ignored.map(([key]) => key).join(", ");
  const says = {
    message: `${names} beside a $ref is ignored: a reference stands for all that it leads to`,
    fix: "in a schema, put the $ref into an allOf beside the other keywords; elsewhere remove them",
  };
  return ignored.slice(0, 1).map(() => ({ rule: "ref-siblings", node: entry(node, "$ref") ?? node, says }));
};

/** What stands beside a reference, where that holds too. */
const beside = (visit: Visit): readonly Visit[] => (readsBesideRef(dialectIn(visit)) ? children(visit) : []);

const visitRef = async (scan: Scan, visit: Visit, at: SourceNode, ref: string) => {
  const { files, problems, queue } = scan;
  const path = refFile(visit.node.file, ref);
  if (path !== null) await (visit.isRead ? addFile(files, path) : addText(files, path));
  const target = resolveRef(files, visit.node.file, ref);
  if (!visit.isRead) return;
  if (target.kind === "remote") scan.remotes.push({ node: at, ref });
  queue.push(...beside(visit));
  // Of a file that is not well-formed its own finding says so.
  const isMalformed = path !== null && files.byPath.get(path)?.root === null;
  if (target.kind === "broken" && !isMalformed) problems.push(broken(at, ref, target.reason));
  if (target.kind === "outside") problems.push(outside(at, ref));
  if (target.kind !== "node") return;
  const other = otherVersion(files, visit.node, ref, target.node);
  if (other !== null) {
    problems.push({ rule: "asyncapi-version", node: at, says: other });
    return;
  }
  const carried = { ...visit.node, dialect: dialectIn(visit) };
  queue.push({ ...visit, node: target.node, dialect: dialectAt(files, target.node, carried) });
};

const visitNode = async (scan: Scan, visit: Visit) => {
  const at = entry(visit.node, "$ref");
  const ref = text(at);
  if (at && ref !== null) await visitRef(scan, visit, at, ref);
  else if (at && !visit.names && visit.isRead) scan.problems.push(broken(at, "", "it is not a string"));
  else scan.queue.push(...children(visit));
};

const isCircular = (files: Files, start: SourceNode): boolean => {
  const seen = new Set<SourceNode>();
  for (let node: SourceNode | null = start; node !== null; ) {
    if (seen.has(node)) return true;
    seen.add(node);
    const ref = refText(node);
    const target: Target | null = ref === null ? null : resolveRef(files, node.file, ref);
    node = target?.kind === "node" ? target.node : null;
  }
  return false;
};

const circular = ({ files, seen, seenBeside }: Scan): readonly Problem[] =>
  [...new Set([...seen, ...seenBeside])].flatMap((node) => {
    const ref = refText(node);
    const at = entry(node, "$ref");
    if (ref === null || !at || deref(files, node) !== null || !isCircular(files, node)) return [];
    return [broken(at, ref, "it leads back to itself")];
  });

const siblingsIgnored = ({ seen, seenBeside }: Scan): readonly Problem[] =>
  [...seen].flatMap((node) => (refText(node) === null || seenBeside.has(node) ? [] : siblings(node)));

const scanAll = async (files: Files): Promise<Scan> => {
  const scan: Scan = { files, problems: [], remotes: [], seen: new Set(), seenBeside: new Set(), queue: [] };
  if (files.main.root) scan.queue.push({ node: files.main.root, names: false, isRead: true, dialect: "asyncapi" });
  for (let visit = scan.queue.pop(); visit; visit = scan.queue.pop()) {
    const seen = readsBesideRef(dialectIn(visit)) ? scan.seenBeside : scan.seen;
    if (seen.has(visit.node)) continue;
    if (visit.isRead) seen.add(visit.node);
    await visitNode(scan, visit);
  }
  return scan;
};

const known = (files: Files) => files.byPath.size + files.unreadable.size + files.outside.size;

/**
 * Reads every local file that is reached from the main document and reports references that are remote, lead
 * nowhere or lead back to themselves. Nothing is ever fetched from a network.
 */
export const loadRefs = async (files: Files, reporter: Reporter): Promise<void> => {
  for (;;) {
    const before = known(files);
    const scan = await scanAll(files);
    // A pointer may lead through a reference whose file was read later, so only a round without news can judge.
    if (known(files) !== before) continue;
    const problems = [...scan.problems, ...remoteProblems(scan), ...siblingsIgnored(scan), ...circular(scan)];
    for (const { rule, node, says } of problems) reporter.report(rule, node.position, says);
    return;
  }
};
