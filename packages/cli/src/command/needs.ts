import {
  type Contract,
  type Conversion,
  createContractReader,
  type LoadOptions,
  type LoadResult,
  loadContract,
  type Perspective,
  type ReadFile,
} from "@keyline/contract";
import { connectCluster, disconnect, type Kafka, kafkaOf } from "../cluster/connect.js";
import { databaseUrlOf } from "../cluster/database-url.js";
import type { Project } from "../config.js";
import type { Connection, Io } from "../io.js";
import { conversionText } from "../report/conversion.js";
import { diagnosticsText, isUnreadable } from "../report/diagnostics.js";
import { CommandError } from "./outcome.js";
import { argument, listOption, optionWithDefault, type Parameters, textOption } from "./parameters.js";
import { perspectiveOption } from "./shared.js";

/** What a command works on beside its own parameters. Each adds parameters and a help text, and is opened when asked for. */
export interface Needs {
  /** A contract, named by the argument `[file]` or the option `--contract`. */
  readonly contract?: "argument" | "option";
  /** A cluster, by `--brokers` or the environment. */
  readonly cluster?: true;
  /** The store of the apps, by `--database-url` or the environment, or by the environment alone. */
  readonly store?: "option" | "environment";
}

export interface WithContract {
  /** The contract's file, as it was typed. */
  readonly file: string;
  /** Reads the contract's files, and no others. */
  readonly readFile: ReadFile;
  /** A reader like it, for another version of the contract. */
  readonly readerOf: (file: string) => ReadFile;
  /** How the contract is read: {@link readFile} and what `--perspective` says. */
  readonly loadOptions: LoadOptions & { readonly readFile: ReadFile };
  /** What `--perspective` says. */
  readonly perspective: Perspective;
  /** Reads the contract, errors or not, and logs how one of AsyncAPI 2 was taken. */
  readonly load: (options?: Pick<LoadOptions, "strict">) => Promise<LoadResult>;
  /** Logs how a contract of AsyncAPI 2 was taken; nothing for version 3. */
  readonly logConversion: (conversion: Conversion | null) => void;
  /** The contract. Rejects where it has errors, which are on the log then. */
  readonly contract: () => Promise<Contract>;
}

export interface WithCluster {
  /** How to connect; null where neither an option nor the environment says it. Rejects where that is not valid. */
  readonly kafka: () => Promise<Kafka | null>;
  /** The connected cluster, closed when the command ends. Rejects where it cannot be reached. */
  readonly cluster: () => Promise<Connection>;
}

export interface WithStore {
  /** Null where neither an option nor the environment says it. */
  readonly databaseUrl: string | null;
}

/** What the needs of a command give to it. */
export type Needed<N extends Needs> = (N extends { readonly contract: string } ? WithContract : unknown) &
  (N extends { readonly cluster: true } ? WithCluster : unknown) &
  (N extends { readonly store: string } ? WithStore : unknown);

const contractHelp = "the AsyncAPI document";
const allowRefsHelp = "one more folder that $refs may read; may be given more than once";
const contractOf = ({ contract }: Project) => contract;

/** The parameters that needs add, in the order in which help shows them. */
export const needParameters = ({ contract, cluster, store }: Needs): Parameters => ({
  ...(contract === "argument" ? { file: argument("[file]", contractHelp, contractOf) } : {}),
  ...(contract === "option"
    ? { file: optionWithDefault("--contract <file>", contractHelp, (text) => text, contractOf) }
    : {}),
  ...(contract === undefined
    ? {}
    : {
        allowRefs: listOption("--allow-refs <dir>", allowRefsHelp),
        perspective: perspectiveOption,
      }),
  ...(cluster
    ? { brokers: textOption("--brokers <list>", "the cluster's brokers: host:port, separated by commas") }
    : {}),
  ...(store === "option"
    ? { databaseUrl: textOption("--database-url <url>", "the PostgreSQL database of the apps") }
    : {}),
});

/** How needs are found, as help says it. */
export const needHelp = ({ cluster, store }: Needs): string =>
  [
    cluster
      ? "Connects by --brokers or KAFKA_BROKERS; the variables KAFKA_SSL_* and KAFKA_SASL_* set TLS and credentials."
      : "",
    store === "option" ? "Finds the database by --database-url or DATABASE_URL." : "",
    store === "environment" ? "Finds the database by DATABASE_URL." : "",
  ]
    .filter((text) => text !== "")
    .join(" ");

/** What the parameters of needs say. */
export interface NeedInput {
  readonly file?: string;
  readonly allowRefs?: readonly string[];
  readonly perspective?: Perspective;
  readonly brokers?: string;
  readonly databaseUrl?: string;
}

/**
 * Gives a command what it needs. Throws where the database's URL is not valid.
 *
 * Invariant: every connection that was made is in `opened`, which `close` closes.
 */
export function openNeeds({ contract, store }: Needs, input: NeedInput, io: Io) {
  const { file = "", allowRefs = [], perspective = "application", brokers, databaseUrl } = input;
  const opened: Connection[] = [];
  const readerOf = (one: string) => createContractReader({ file: one, cwd: io.cwd, allowRefs });
  const readFile = readerOf(file);
  const loadOptions = { readFile, perspective };
  const logConversion = (conversion: Conversion | null) => {
    if (conversion !== null) io.log(conversionText(file, conversion));
  };
  const load = async (options: Pick<LoadOptions, "strict"> = {}) => {
    const result = await loadContract(file, { ...loadOptions, ...options });
    logConversion(result.conversion);
    return contract === "option" ? { ...result, diagnostics: namingOption(file, result.diagnostics) } : result;
  };
  const given: WithContract & WithCluster & WithStore = {
    file,
    readFile,
    readerOf,
    ...{ loadOptions, perspective, load, logConversion },
    contract: async () => validContract(await load(), readFile, io),
    kafka: () => kafkaOf(brokers, io),
    async cluster() {
      const connection = await connectCluster(brokers, io);
      opened.push(connection);
      return connection;
    },
    databaseUrl: store === undefined ? null : databaseUrlOf(databaseUrl, io),
  };
  return { given, close: () => Promise.all(opened.map(disconnect)) };
}

/** The fix of a contract that cannot be read takes its path for an argument. */
const namingOption = (file: string, diagnostics: LoadResult["diagnostics"]): LoadResult["diagnostics"] =>
  diagnostics.map((one) =>
    isUnreadable(file, [one]) && one.fix !== null ? { ...one, fix: `${one.fix} by --contract FILE` } : one,
  );

async function validContract({ contract, diagnostics }: LoadResult, readFile: ReadFile, io: Io): Promise<Contract> {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (contract !== null && errors.length === 0) return contract;
  io.log(`${await diagnosticsText(errors, readFile, io)}\n`);
  throw new CommandError("couldNotRun");
}
