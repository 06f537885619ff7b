import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findBrowser } from "@keyline/browser-dev/find";

const run = promisify(execFile);

/** Something that some tests need of a machine beyond Node, npm and git. */
export interface Need {
  /** What it is, in a few words. */
  readonly what: string;
  /** Debian's packages of it. */
  readonly packages: readonly string[];
  isThere(): Promise<boolean>;
}

const javaNeeded = 17;
/** Where Debian's packages of Go's modules lie, seen from Go. */
export const debianGo = { GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "", GOTOOLCHAIN: "local" };

/** Debian's Python, which has Debian's packages for it: another one on the path has not. */
export const debianPython = "/usr/bin/python3";

/** Where Debian's PgBouncer lies, which is not on everyone's path. */
export const debianPgbouncer = "/usr/sbin/pgbouncer";

/** All that tests may lack, by name. */
export const needs = {
  kafka: {
    what: `a JDK ${javaNeeded} or later and Maven`,
    packages: ["default-jre-headless", "maven"],
    isThere: async () => (await hasJava()) && (await runs("mvn", "-v")),
  },
  python: {
    what: "confluent-kafka for Python",
    packages: ["python3-confluent-kafka"],
    isThere: () => runs(debianPython, "-c", "import confluent_kafka"),
  },
  kcat: { what: "kcat", packages: ["kcat"], isThere: () => runs("kcat", "-V") },
  pgbouncer: { what: "PgBouncer", packages: ["pgbouncer"], isThere: () => runs(debianPgbouncer, "-V") },
  promtool: {
    what: "promtool of Prometheus",
    packages: ["prometheus"],
    isThere: () => runs("promtool", "--version"),
  },
  sarama: {
    what: "Go and Sarama",
    packages: ["golang-go", "golang-github-shopify-sarama-dev"],
    isThere: async () => (await output("go", ["list", "github.com/Shopify/sarama"], debianGo)) !== null,
  },
  browser: {
    what: "a browser that starts",
    packages: ["chromium"],
    isThere: async () => (await findBrowser()) !== null,
  },
  terminal: { what: "script of util-linux", packages: ["bsdutils"], isThere: () => runs("script", "--version") },
} as const satisfies Readonly<Record<string, Need>>;

export type NeedName = keyof typeof needs;

/** Whether a JDK or JRE that is new enough answers. */
async function hasJava(): Promise<boolean> {
  // Prints to stderr: openjdk version "17.0.15" 2025-04-15
  const found = await output("java", ["-version"]);
  return Number(/version "(\d+)/.exec(found ?? "")?.[1] ?? 0) >= javaNeeded;
}

const runs = async (command: string, ...args: readonly string[]) => (await output(command, args)) !== null;

/** What a command prints on both streams; null when it fails or is not there. */
async function output(command: string, args: readonly string[], environment = {}): Promise<string | null> {
  try {
    const { stdout, stderr } = await run(command, args, { timeout: 60_000, env: { ...process.env, ...environment } });
    return `${stdout}${stderr}`;
  } catch {
    return null;
  }
}
