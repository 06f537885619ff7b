import type { TypeName } from "@keyline/json-schema";
import type { Position } from "../contract.js";
import type { Reading } from "../model/document.js";
import type { ReadMessage } from "../model/message.js";
import { type DeclaredDomain, defaultMaxKeyBytes } from "../model/ordering.js";
import { alternatives, declared, isRequired } from "../schemas/alternatives.js";
import { allowedTypes, isUntyped } from "../schemas/types.js";
import { entry, number, type SourceNode } from "../source/tree.js";

/** What is wrong with a key in one message; null means that it is well. */
interface Problem {
  readonly rule: "key-unresolved" | "key-required" | "key-type";
  readonly position: Position;
  readonly message: string;
  readonly fix: string;
}

interface Subject {
  readonly reading: Reading;
  readonly domain: DeclaredDomain;
  readonly message: ReadMessage;
}

/** The schemas at one place of the payload, and the way to it. */
interface Level {
  readonly schemas: readonly SourceNode[];
  readonly at: Position;
  readonly walked: readonly string[];
}

interface Leaf {
  readonly kind: "leaf";
  readonly type: "integer" | "string";
  readonly at: Position;
  /** The longest text that the schema states to allow, where it is longer than the domain allows. */
  readonly tooLong: SourceNode | null;
}

type Outcome = Leaf | ({ readonly kind: "problem" } & Problem);

const problem = (rule: Problem["rule"], position: Position, message: string, fix: string): Outcome => ({
  kind: "problem",
  rule,
  position,
  message,
  fix,
});

const keyName = ({ domain }: Subject) => `the key ${domain.keyPath.join("/")} of domain ${domain.name}`;
const messageName = ({ message }: Subject) => `message ${message.message.name}`;

const dots = (path: readonly string[]) => path.join("/");

/** The `maxLength` of schemas that hold together, where each that is stated is too long. A character has a byte at least. */
const tooLongOf = ({ domain }: Subject, way: readonly SourceNode[]): SourceNode | null => {
  const stated = way.flatMap((schema) => entry(schema, "maxLength") ?? []);
  const most = domain.maxKeyBytes ?? defaultMaxKeyBytes;
  return stated.every((one) => (number(one) ?? 0) > most) ? (stated[0] ?? null) : null;
};

const outcomeOfType = (
  subject: Subject,
  types: ReadonlySet<TypeName>,
  way: readonly SourceNode[],
  at: Position,
): Outcome => {
  const [only] = types;
  if (types.size === 1 && (only === "integer" || only === "string"))
    return { kind: "leaf", type: only, at, tooLong: only === "string" ? tooLongOf(subject, way) : null };
  const found = isUntyped(types) ? "has no type" : `may be ${[...types].join(" or ")}`;
  const message = `${keyName(subject)} ${found} in ${messageName(subject)}`;
  return problem("key-type", at, message, "make its type integer or string, and nothing else");
};

const tooMany = (subject: Subject, at: Position): Outcome =>
  problem(
    "key-unresolved",
    at,
    `${keyName(subject)} cannot be found in ${messageName(subject)}: its schema has too many branches`,
    "declare the key beside the oneOf and anyOf, not inside them",
  );

const leaf = (subject: Subject, level: Level): readonly Outcome[] => {
  const ways = alternatives(subject.reading.files, level.schemas);
  if (ways === null) return [tooMany(subject, level.at)];
  return ways.flatMap((way) => {
    const allowed = allowedTypes(subject.reading.files, way);
    return allowed.size > 0 ? [outcomeOfType(subject, allowed, way, level.at)] : [];
  });
};

const through = (subject: Subject, level: Level, way: readonly SourceNode[], token: string): readonly Outcome[] => {
  const { files } = subject.reading;
  const types = allowedTypes(files, way);
  if (types.size === 0) return [];
  const found = declared(files, way, token);
  const path = dots([...level.walked, token]);
  const first = found[0];
  if (!first) {
    const message = `${keyName(subject)} is not a declared field of ${messageName(subject)}: there is no ${path}`;
    return [problem("key-unresolved", level.at, message, `declare ${path} under properties, in every branch`)];
  }
  const at = first.label;
  if (!isRequired(files, way, token)) {
    const message = `${keyName(subject)} is optional in ${messageName(subject)}`;
    return [problem("key-required", at, message, `add ${token} to the list of required fields, in every branch`)];
  }
  if (!isUntyped(types) && (types.size > 1 || !types.has("object"))) {
    const message = `${keyName(subject)} is missing in ${messageName(subject)} where ${dots(level.walked) || "the payload"} is not an object`;
    return [problem("key-required", level.at, message, "make its type object, and nothing else")];
  }
  return resolve(subject, { schemas: found, at, walked: [...level.walked, token] });
};

const resolve = (subject: Subject, level: Level): readonly Outcome[] => {
  const token = subject.domain.keyPath[level.walked.length];
  if (token === undefined) return leaf(subject, level);
  const ways = alternatives(subject.reading.files, level.schemas);
  if (ways === null) return [tooMany(subject, level.at)];
  return ways.flatMap((way) => through(subject, level, way, token));
};

const outcomes = (subject: Subject): readonly Outcome[] => {
  const { payload, message } = subject.message;
  const found = resolve(subject, { schemas: payload ? [payload] : [], at: message.position, walked: [] });
  if (found.length > 0) return found;
  const text = `${keyName(subject)} can never be present in ${messageName(subject)}: no value is valid`;
  return [problem("key-unresolved", message.position, text, "make the schema accept a value")];
};

const reportOutcome = (subject: Subject, outcome: Outcome, agreed: Leaf["type"] | null) => {
  const { reporter } = subject.reading;
  if (outcome.kind === "problem") {
    const { rule, position, message, fix } = outcome;
    return reporter.report(rule, position, { message, fix });
  }
  if (outcome.tooLong) {
    const most = subject.domain.maxKeyBytes ?? defaultMaxKeyBytes;
    reporter.report("key-length", outcome.tooLong.position, {
      message: `${keyName(subject)} may have ${number(outcome.tooLong)} characters in ${messageName(subject)}, the domain allows ${most} bytes`,
      fix: "lower its maxLength, or state maxKeyBytes in x-ordering (at most 2000)",
    });
  }
  if (agreed === null || agreed === outcome.type) return;
  reporter.report("key-type", outcome.at, {
    message: `${keyName(subject)} is of type ${outcome.type} in ${messageName(subject)}, elsewhere ${agreed}`,
    fix: `make its type ${agreed} in every message of the domain`,
  });
};

/** Checks the key of a domain in its messages. The type of the key, or null where no message has one. */
export const checkKey = (
  reading: Reading,
  domain: DeclaredDomain,
  messages: readonly ReadMessage[],
): "integer" | "string" | null => {
  let agreed: Leaf["type"] | null = null;
  for (const message of messages) {
    const subject = { reading, domain, message };
    for (const outcome of outcomes(subject)) {
      reportOutcome(subject, outcome, agreed);
      if (outcome.kind === "leaf") agreed ??= outcome.type;
    }
  }
  return agreed;
};
