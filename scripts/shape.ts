// The shape of the sources, over TypeScript's syntax tree: how long functions are, how much mutable state one closure
// shares with its inner functions, import circles, and whether files with state say what is always true of it.
//
// `npx node scripts/shape.ts` in a checkout's root measures that checkout, also from a copy of this file elsewhere: npx finds
// the checkout's Node, as types need Node 24. With paths (`npx node scripts/shape.ts packages/cli`) it measures the files
// below them and lists all that it finds. Exit 3 above a limit.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, normalize } from "node:path";
import type ts from "typescript";

// Found from the working directory: a copy of this file has no node_modules beside it.
const compiler: typeof ts = createRequire(join(process.cwd(), "package.json"))("typescript");

export const limits = {
  /** Lines of a function, with its inner functions. */
  functionLines: 100,
  /** So many functions may be longer than `longLines`. */
  longFunctions: 6,
  longLines: 70,
  /** Pieces of mutable state that one closure shares with its inner functions, or a class with its methods. */
  sharedState: 4,
} as const;

/** Something at a place in a file. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

/** A function, a module or a class, and what inner functions change or see changed of it. */
export interface SharedState extends Place {
  readonly names: readonly string[];
}

export interface Shape {
  /** Every function with a body, longest first. */
  readonly functions: readonly (Place & { readonly lines: number })[];
  /** Every closure and class that shares mutable state, most first. */
  readonly shared: readonly SharedState[];
  /** Files that import each other, two or more. */
  readonly circles: readonly (readonly string[])[];
  /** Files that keep state and have no comment that begins with `Invariant:`. */
  readonly unstated: readonly string[];
}

/** Measures sources, given by their paths. */
export function measure(sources: ReadonlyMap<string, string>): Shape {
  const { files, checker } = parse(sources);
  const measured = files.map((file) => {
    const nodes = nodesOf(file);
    const { shared, keepsState } = stateOf(nodes, checker);
    return { file, functions: functionsIn(nodes), shared, imports: importsOf(file, nodes, sources), keepsState };
  });
  return {
    functions: measured.flatMap(({ functions }) => functions).sort((a, b) => b.lines - a.lines),
    shared: measured.flatMap(({ shared }) => shared).sort((a, b) => b.names.length - a.names.length),
    circles: circlesOf(new Map(measured.map(({ file, imports }) => [file.fileName, imports]))),
    unstated: measured.filter((one) => one.keepsState && !statesInvariant(one.file)).map(({ file }) => file.fileName),
  };
}

/** What of a shape is above the limits. */
export function problemsOf({ functions, shared, circles, unstated }: Shape): readonly string[] {
  const tooLong = functions.filter(({ lines }) => lines > limits.functionLines).length;
  const long = functions.filter(({ lines }) => lines > limits.longLines).length;
  const overfull = shared.filter(({ names }) => names.length > limits.sharedState).length;
  return [
    tooLong > 0 ? `functions above ${limits.functionLines} lines: ${tooLong}` : "",
    long > limits.longFunctions ? `functions above ${limits.longLines} lines: ${long} of ${limits.longFunctions}` : "",
    overfull > 0 ? `closures that share more than ${limits.sharedState} pieces of state: ${overfull}` : "",
    circles.length > 0 ? `import circles: ${circles.length}` : "",
    unstated.length > 0 ? `files with state that state no invariant: ${unstated.length}` : "",
  ].filter((problem) => problem !== "");
}

/** Parsed and bound, each file for itself: names are resolved inside their file, types are not asked for. */
function parse(sources: ReadonlyMap<string, string>) {
  const { target, jsx } = { target: compiler.ScriptTarget.Latest, jsx: compiler.JsxEmit.Preserve };
  const host: ts.CompilerHost = {
    getSourceFile: (name) => {
      const text = sources.get(name);
      return text === undefined ? undefined : compiler.createSourceFile(name, text, target, true);
    },
    ...{ fileExists: (name) => sources.has(name), readFile: (name) => sources.get(name), writeFile: () => {} },
    ...{ getCurrentDirectory: () => "", getDefaultLibFileName: () => "", getNewLine: () => "\n" },
    ...{ getCanonicalFileName: (name) => name, useCaseSensitiveFileNames: () => true },
  };
  const options = { target, jsx, noLib: true, noResolve: true, types: [] };
  const program = compiler.createProgram([...sources.keys()], options, host);
  const files = program.getSourceFiles().filter(({ fileName }) => sources.has(fileName));
  return { files, checker: program.getTypeChecker() };
}

function nodesOf(file: ts.SourceFile): readonly ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node) => {
    nodes.push(node);
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return nodes;
}

type FunctionNode = ts.SignatureDeclaration & { readonly body: ts.Node };

const isFunction = (node: ts.Node): node is FunctionNode =>
  compiler.isFunctionLike(node) && "body" in node && node.body !== undefined;

function placeOf(node: ts.Node): Place {
  const file = node.getSourceFile();
  const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  return { file: file.fileName, line, name: nameOf(node) };
}

function nameOf(node: ts.Node): string {
  if (compiler.isSourceFile(node)) return "(module)";
  if (compiler.isConstructorDeclaration(node)) return "constructor";
  const named = [node, node.parent].find(isNamed);
  return named?.name.getText() ?? "(unnamed)";
}

function functionsIn(nodes: readonly ts.Node[]): Shape["functions"] {
  return nodes.filter(isFunction).map((node) => {
    const place = placeOf(node);
    const last = node.getSourceFile().getLineAndCharacterOfPosition(node.end).line + 1;
    return { ...place, lines: last - place.line + 1 };
  });
}

/** The function whose variables a node sees as its own; outside of functions, the file. */
function closureOf(node: ts.Node): ts.Node {
  let at = node.parent;
  while (!isFunction(at) && !compiler.isSourceFile(at)) at = at.parent;
  return at;
}

/** A variable whose change inner functions may make or see. */
interface Local {
  readonly closure: ts.Node;
  /** `changing`: each capture counts; `parameter`: where something assigns it; `held`: by what inner functions change of it. */
  readonly kind: "changing" | "parameter" | "held";
  /** What a `held` one is at first. */
  readonly value?: ts.Expression;
}

/** A local variable is a `let`, a parameter, or a `const` that holds a literal or a collection. */
function localOf(node: ts.Node): Local | null {
  const isOwn = compiler.isBindingElement(node) || compiler.isVariableDeclaration(node) || compiler.isParameter(node);
  if (!isOwn || !compiler.isIdentifier(node.name)) return null;
  const root = compiler.isBindingElement(node) ? compiler.walkUpBindingElementsAndPatterns(node) : node;
  if (compiler.isParameter(root)) return { closure: root.parent, kind: "parameter" };
  const closure = closureOf(root);
  if ((compiler.getCombinedNodeFlags(root) & compiler.NodeFlags.Const) === 0) return { closure, kind: "changing" };
  return compiler.isVariableDeclaration(node) && node.initializer
    ? { closure, kind: "held", value: bare(node.initializer) }
    : null;
}

/** An expression without parentheses and types. */
function bare(node: ts.Expression): ts.Expression {
  const isWrapped =
    compiler.isParenthesizedExpression(node) ||
    compiler.isAsExpression(node) ||
    compiler.isSatisfiesExpression(node) ||
    compiler.isNonNullExpression(node);
  return isWrapped ? bare(node.expression) : node;
}

/** The names from a root to the property that is reached from it, and the node that reaches it: `state.a.b` of `state`. */
function chainFrom(root: ts.Node): { readonly path: readonly string[]; readonly end: ts.Node } {
  const { parent } = root;
  if (compiler.isPropertyAccessExpression(parent) && parent.expression === root) {
    const { path, end } = chainFrom(parent);
    return { path: [parent.name.text, ...path], end };
  }
  if (compiler.isElementAccessExpression(parent) && parent.expression === root) {
    const { path, end } = chainFrom(parent);
    const { argumentExpression: name } = parent;
    return { path: [compiler.isStringLiteralLike(name) ? name.text : "[]", ...path], end };
  }
  const isSame = compiler.isNonNullExpression(parent) || compiler.isParenthesizedExpression(parent);
  return isSame ? chainFrom(parent) : { path: [], end: root };
}

/** Whether something is assigned, deleted, counted up or down, or the target of a destructuring. */
function isChanged(node: ts.Node): boolean {
  const { parent } = node;
  if (compiler.isBinaryExpression(parent)) {
    const { FirstAssignment, LastAssignment } = compiler.SyntaxKind;
    const { kind } = parent.operatorToken;
    return parent.left === node && kind >= FirstAssignment && kind <= LastAssignment;
  }
  if (compiler.isPrefixUnaryExpression(parent) || compiler.isPostfixUnaryExpression(parent))
    return (
      parent.operator === compiler.SyntaxKind.PlusPlusToken || parent.operator === compiler.SyntaxKind.MinusMinusToken
    );
  if (compiler.isDeleteExpression(parent)) return true;
  if (compiler.isForOfStatement(parent) || compiler.isForInStatement(parent)) return parent.initializer === node;
  const isPattern =
    compiler.isArrayLiteralExpression(parent) ||
    compiler.isObjectLiteralExpression(parent) ||
    compiler.isShorthandPropertyAssignment(parent) ||
    (compiler.isPropertyAssignment(parent) && parent.initializer === node) ||
    compiler.isSpreadElement(parent) ||
    compiler.isParenthesizedExpression(parent);
  return isPattern && isChanged(parent);
}

const collections = new Set(["Map", "Set", "WeakMap", "WeakSet", "Array"]);
const changers = new Set(
  "set add delete clear push pop shift unshift splice sort reverse fill copyWithin length []".split(" "),
);

/** Whether an expression makes a Map, a Set or an array. */
function isCollection(value: ts.Node | undefined): boolean {
  if (value === undefined) return false;
  if (compiler.isNewExpression(value)) return collections.has(value.expression.getText());
  if (compiler.isCallExpression(value)) return value.expression.getText() === "Array.from";
  return compiler.isArrayLiteralExpression(value);
}

type Holder = ts.ObjectLiteralExpression | ts.ClassLikeDeclaration;

const isHolder = (node: ts.Node | undefined): node is Holder =>
  node !== undefined && (compiler.isObjectLiteralExpression(node) || compiler.isClassLike(node));

/** What a literal or a class holds under a name at first. */
function memberOf(holder: ts.Node | undefined, name: string): ts.Node | undefined {
  if (!isHolder(holder)) return undefined;
  for (const one of compiler.isClassLike(holder) ? holder.members : holder.properties) {
    const isValue = compiler.isPropertyAssignment(one) || compiler.isPropertyDeclaration(one);
    if (isValue && one.initializer && one.name.getText() === name) return bare(one.initializer);
  }
  return undefined;
}

/** What a use sees or changes of what is held: paths of properties; nothing where it is the content of a collection. */
interface Change {
  readonly paths: readonly string[];
  readonly isChange: boolean;
}

function changeOf(root: ts.Node, value: ts.Node | undefined): Change | null {
  const { path, end } = chainFrom(root);
  const last = path.at(-1);
  if (last === undefined) return isHolder(value) ? assignedAtOnce(root) : null;
  const holder = path.slice(0, -1).reduce(memberOf, value);
  if (isCollection(holder)) {
    const isCall = compiler.isCallExpression(end.parent) && end.parent.expression === end;
    return changers.has(last) && (isCall || isChanged(end)) ? { paths: [], isChange: true } : null;
  }
  return isHolder(holder) && isChanged(end) ? { paths: [path.join(".")], isChange: true } : null;
}

/** The properties that `Object.assign` gives to an object. */
function assignedAtOnce(object: ts.Node): Change | null {
  const call = object.parent;
  if (!compiler.isCallExpression(call) || call.expression.getText() !== "Object.assign") return null;
  const [target, ...sources] = call.arguments;
  if (target !== object) return null;
  const properties = sources.flatMap<ts.Node>((one) =>
    compiler.isObjectLiteralExpression(one) ? [...one.properties] : [one],
  );
  return { paths: properties.map((one) => (isNamed(one) ? one.name.getText() : "*")), isChange: true };
}

const isNamed = (node: ts.Node): node is ts.Node & { readonly name: ts.Node } =>
  "name" in node && node.name !== undefined;

/** The class or the literal whose method runs where `this` is named; null in a constructor, which makes the object. */
function holderOfThis(node: ts.Node): Holder | null {
  let at = node.parent;
  let isLater = false;
  while (
    compiler.isArrowFunction(at) ||
    !(isFunction(at) || compiler.isClassElement(at) || compiler.isSourceFile(at))
  ) {
    isLater ||= compiler.isArrowFunction(at);
    at = at.parent;
  }
  const makes = compiler.isConstructorDeclaration(at) || compiler.isPropertyDeclaration(at);
  if (makes && !isLater) return null;
  const holder = compiler.isFunctionExpression(at) ? at.parent.parent : at.parent;
  return isHolder(holder) ? holder : null;
}

/** A use of state that a closure, a class or a literal holds, by one of its inner functions. */
interface Use {
  readonly holder: ts.Node;
  readonly change: Change;
}

function useOf(node: ts.Node, locals: ReadonlyMap<ts.Symbol, Local>, checker: ts.TypeChecker): Use | null {
  if (node.kind === compiler.SyntaxKind.ThisKeyword) {
    const holder = holderOfThis(node);
    const change = holder && changeOf(node, holder);
    return holder && change && { holder, change };
  }
  const local = compiler.isIdentifier(node) ? locals.get(symbolOf(node, checker) as ts.Symbol) : undefined;
  if (!local || closureOf(node) === local.closure) return null;
  if (local.kind === "changing" || (local.kind === "parameter" && isChanged(node)))
    return { holder: local.closure, change: { paths: [node.getText()], isChange: isChanged(node) } };
  const change = changeOf(node, local.value);
  const paths = change?.paths.map((path) => `${node.getText()}.${path}`) ?? [];
  return change && { holder: local.closure, change: { ...change, paths } };
}

/** Whether what a closure or class holds lives on after a call: held by a module, a class, or a function that returns functions. */
function isKept(holder: ts.Node, nodes: readonly ts.Node[]): boolean {
  if (!isFunction(holder)) return true;
  const own = nodes.filter((node) => node !== holder && node.pos >= holder.pos && node.end <= holder.end);
  const returned = own.filter(compiler.isReturnStatement).filter((node) => closureOf(node) === holder);
  const results = compiler.isBlock(holder.body)
    ? returned.flatMap(({ expression }) => expression ?? [])
    : [holder.body];
  const declared = (name: string) =>
    own.find((node) => (localOf(node) || compiler.isFunctionDeclaration(node)) && nameOf(node) === name);
  const givesFunction = (node: ts.Node): boolean => {
    if (isFunction(node)) return true;
    if (compiler.isShorthandPropertyAssignment(node)) return givesFunction(node.name);
    if (compiler.isPropertyAssignment(node)) return givesFunction(bare(node.initializer));
    if (compiler.isSpreadAssignment(node)) return givesFunction(bare(node.expression));
    if (compiler.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].some(givesFunction);
    if (compiler.isObjectLiteralExpression(node)) return node.properties.some(givesFunction);
    const named = compiler.isIdentifier(node) ? declared(node.text) : undefined;
    if (!named || !compiler.isVariableDeclaration(named)) return named !== undefined && isFunction(named);
    return named.initializer !== undefined && givesFunction(bare(named.initializer));
  };
  return results.map((node) => bare(node as ts.Expression)).some(givesFunction);
}

/** The variable that an identifier names; `{ a }` names one too. */
const symbolOf = (node: ts.Identifier, checker: ts.TypeChecker): ts.Symbol | undefined =>
  compiler.isShorthandPropertyAssignment(node.parent)
    ? checker.getShorthandAssignmentValueSymbol(node.parent)
    : checker.getSymbolAtLocation(node);

/** What the closures and classes of a file share with their inner functions, and whether any of it is kept. */
function stateOf(nodes: readonly ts.Node[], checker: ts.TypeChecker) {
  const locals = new Map<ts.Symbol, Local>();
  const names = new Set<string>();
  for (const node of nodes) {
    const local = localOf(node);
    const name = (node as ts.VariableDeclaration).name as ts.Identifier | undefined;
    const symbol = local && name && checker.getSymbolAtLocation(name);
    if (!local || !symbol) continue;
    locals.set(symbol, local);
    names.add(symbol.name);
  }
  const uses = nodes
    .filter((node) => !compiler.isIdentifier(node) || names.has(node.text))
    .flatMap((node) => useOf(node, locals, checker) ?? []);
  const shared = [...Map.groupBy(uses, ({ holder }) => holder)].map(([holder, own]) => ({
    ...placeOf(holder),
    names: [...new Set(own.flatMap(({ change }) => change.paths))],
  }));
  const changed = new Set(uses.filter(({ change }) => change.isChange).map(({ holder }) => holder));
  const keepsState = [...changed].some((holder) => isKept(holder, nodes));
  return { shared: shared.filter((one) => one.names.length > 0), keepsState };
}

/** Files that a file imports, for types or when it runs, of those that are measured. */
function importsOf(file: ts.SourceFile, nodes: readonly ts.Node[], known: ReadonlyMap<string, string>) {
  const named = nodes.flatMap((node) => {
    if (compiler.isImportDeclaration(node) || compiler.isExportDeclaration(node)) return node.moduleSpecifier ?? [];
    if (compiler.isImportTypeNode(node) && compiler.isLiteralTypeNode(node.argument)) return node.argument.literal;
    const isImport = compiler.isCallExpression(node) && node.expression.kind === compiler.SyntaxKind.ImportKeyword;
    return isImport ? (node.arguments[0] ?? []) : [];
  });
  return named.flatMap((name) => {
    if (!compiler.isStringLiteral(name) || !name.text.startsWith(".")) return [];
    const path = normalize(join(dirname(file.fileName), name.text)).replace(/\.[jt]sx?$/, "");
    return [`${path}.ts`, `${path}.tsx`].filter((target) => known.has(target));
  });
}

const statesInvariant = (file: ts.SourceFile): boolean => /(\/\/|\*)\s*Invariant: ?\S/.test(file.text);

/** Strongly connected files, two or more (Tarjan's algorithm). */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: (readonly string[])[] = [];
  const lowOf = (file: string) => low.get(file) ?? 0;
  const walk = (file: string) => {
    low.set(file, index.size);
    index.set(file, index.size);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) walk(next);
      if (stack.includes(next)) low.set(file, Math.min(lowOf(file), lowOf(next)));
    }
    if (lowOf(file) !== index.get(file)) return;
    const members = stack.splice(stack.indexOf(file));
    if (members.length > 1) circles.push(members);
  };
  for (const file of graph.keys()) if (!index.has(file)) walk(file);
  return circles;
}

/** Sources of the workspace below the given paths: without generated files, tests, and packages that only test. */
function sourcesBelow(paths: readonly string[]): ReadonlyMap<string, string> {
  const patterns = ["packages", "apps", "tests", "dev"].flatMap((folder) => [`${folder}/*.ts`, `${folder}/*.tsx`]);
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", ...patterns], { encoding: "utf8" });
  const files = listed
    .split("\n")
    .filter((file) => /\/(src|page)\//.test(file))
    .filter((file) => !/\.test\.tsx?$|\/(gen|test|fixtures)\/|tests\/(conformance|codegen-test)\//.test(file))
    .filter((file) => existsSync(file) && (paths.length === 0 || paths.some((path) => file.startsWith(path))));
  return new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
}

function shapeText({ functions, shared, circles, unstated }: Shape, most: number): string {
  const at = ({ file, line, name }: Place) => `${name}  ${file}:${line}`;
  const padded = (count: number) => String(count).padStart(5);
  const blocks = [
    ["Longest functions, in lines:", functions.map((one) => `${padded(one.lines)}  ${at(one)}`)],
    ["Most shared state:", shared.map((one) => `${padded(one.names.length)}  ${at(one)}: ${one.names.join(", ")}`)],
    [`Import circles: ${circles.length}`, circles.map((circle) => `       ${circle.join(" <-> ")}`)],
    [`Files with state that state no invariant: ${unstated.length}`, unstated.map((file) => `       ${file}`)],
  ] as const;
  return blocks.map(([title, lines]) => [title, ...lines.slice(0, most)].join("\n")).join("\n\n");
}

if (import.meta.main) {
  const paths = process.argv.slice(2);
  const shape = measure(sourcesBelow(paths));
  const problems = problemsOf(shape);
  const remarkable = {
    ...shape,
    functions: shape.functions.filter(({ lines }, index) => index < 10 || lines > limits.longLines),
    shared: shape.shared.filter(({ names }, index) => index < 10 || names.length > limits.sharedState),
  };
  console.log(shapeText(remarkable, paths.length > 0 ? Number.POSITIVE_INFINITY : 10));
  console.log(problems.length > 0 ? `\nAbove the limits: ${problems.join("; ")}` : "\nWithin the limits");
  process.exitCode = problems.length > 0 ? 3 : 0;
}
