import { Argument, InvalidArgumentError, Option } from "commander";
import type { Project } from "../config.js";

/** An argument or an option of a command. */
export interface Parameter<Value> {
  readonly kind: "argument" | "option";
  /** `<key>`, `[file]`, `--top <n>`, `-f, --follow`. */
  readonly syntax: string;
  readonly help: string;
  /** Reads what was typed; `before` is the value of the option's earlier occurrence. Throws an InvalidArgumentError. */
  parse(text: string, before?: Value): Value;
  /** What is taken where nothing was typed, as it would be typed; undefined for what is `absent`. */
  readonly initial?: string | ((project: Project) => string | undefined);
  /** What stands for an option that was not typed and has no `initial`. */
  readonly absent?: Value;
  readonly isMandatory?: true;
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** What a command is called with: a value for each parameter. */
export type InputOf<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends Parameter<infer Value> ? Value : never;
};

const asTyped = (text: string): string => text;

/** A positional argument: `<name>` has to be given. */
export const argument = (syntax: string, help: string, initial?: Parameter<string>["initial"]): Parameter<string> => ({
  ...{ kind: "argument", syntax, help, parse: asTyped },
  ...(initial === undefined ? {} : { initial }),
});

/** A positional argument that may be left out. */
export const optionalArgument = (syntax: string, help: string): Parameter<string | undefined> => ({
  ...{ kind: "argument", syntax, help, parse: asTyped },
});

/** An option that is on or off. */
export const flag = (syntax: string, help: string): Parameter<boolean> => ({
  ...{ kind: "option", syntax, help, parse: () => true, absent: false },
});

/** An option that says no to another one, which is declared before it: the other's value is false then. */
export const negation = (syntax: string, help: string): Parameter<false | undefined> => ({
  ...{ kind: "option", syntax, help, parse: () => false },
});

/** An option with a value. */
export const option = <Value>(
  syntax: string,
  help: string,
  parse: (text: string) => Value,
): Parameter<Value | undefined> => ({ kind: "option", syntax, help, parse });

/** An option with text for its value. */
export const textOption = (syntax: string, help: string) => option(syntax, help, asTyped);

/** An option that has a value also where it was not typed. */
export const optionWithDefault = <Value>(
  syntax: string,
  help: string,
  parse: (text: string) => Value,
  initial: string | ((project: Project) => string),
): Parameter<Value> => ({ kind: "option", syntax, help, parse, initial });

/** An option that has to be given. */
export const mandatoryOption = <Value>(
  syntax: string,
  help: string,
  parse: (text: string) => Value,
): Parameter<Value> => ({ kind: "option", syntax, help, parse, isMandatory: true });

/** An option that may be given more than once. */
export const listOption = (syntax: string, help: string): Parameter<readonly string[]> => ({
  ...{ kind: "option", syntax, help, absent: [] },
  parse: (text, before = []) => [...before, text],
});

/** An option whose value is one of a few words. */
export const choiceOption = <const Word extends string>(syntax: string, help: string, words: readonly Word[]) =>
  option(syntax, help, oneOf(words));

/** Reads one of a few words. */
export const oneOf =
  <const Word extends string>(words: readonly Word[]) =>
  (text: string): Word =>
    words.find((one) => one === text) ?? invalid(`Allowed choices are ${words.join(", ")}.`);

/** Refuses what was typed. */
export function invalid(reason: string): never {
  throw new InvalidArgumentError(reason);
}

/** What `initial` says in this project. */
const initialOf = ({ initial }: Parameter<unknown>, project: Project): string | undefined =>
  typeof initial === "function" ? initial(project) : initial;

/** A parameter in commander's grammar. */
export function grammarOf(parameter: Parameter<unknown>, project: Project): Argument | Option {
  const initial = initialOf(parameter, project);
  const help = initial === undefined ? parameter.help : `${parameter.help} (default: ${initial})`;
  if (parameter.kind === "argument") return new Argument(parameter.syntax, help);
  const added = new Option(parameter.syntax, help).makeOptionMandatory(parameter.isMandatory === true);
  return added.isBoolean() ? added : added.argParser(parameter.parse);
}

/** The values of parameters, of what commander read. */
export function inputOf<P extends Parameters>(
  parameters: P,
  typed: { readonly args: readonly unknown[]; readonly options: Readonly<Record<string, unknown>> },
  project: Project,
): InputOf<P> {
  const positional = typed.args.values();
  const values = Object.entries(parameters).map(([name, parameter]) => {
    const isArgument = parameter.kind === "argument";
    const given = isArgument
      ? positional.next().value
      : typed.options[new Option(parameter.syntax, "").attributeName()];
    const initial = initialOf(parameter, project);
    return [name, given ?? (initial === undefined ? parameter.absent : parameter.parse(initial))];
  });
  return Object.fromEntries(values) as InputOf<P>;
}
