import { parseArgs } from "node:util";

/** How the command was called. */
export interface Options {
  readonly action: "build" | "dev" | "preview";
  readonly contract: string | undefined;
  readonly out: string | undefined;
  readonly port: number | undefined;
  readonly isContractAlone: boolean;
}

export const usage = `Usage: npm run docs [-- options]           builds the site
       npm run docs:dev [-- options]       serves it while the contract and docs/ are edited
       npm run docs:preview [-- options]   serves what was built

  --contract FILE   another contract than the configured one
  --contract-only   its pages and nothing else
  --out DIR         where the site goes (default .keyline/docs/site)
  --port N          the port on loopback (default 4321, or the next that is free)
`;

const isAction = (text: string | undefined): text is Options["action"] =>
  text === "build" || text === "dev" || text === "preview";

/** Reads the arguments. Throws with a reason where they cannot be understood. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      contract: { type: "string" },
      "contract-only": { type: "boolean", default: false },
      out: { type: "string" },
      port: { type: "string" },
    },
  });
  const [action, ...more] = positionals;
  if (!isAction(action) || more.length > 0)
    throw new Error(`the action is build, dev or preview, not ${positionals.join(" ")}`);
  if (values.port !== undefined && !/^\d{1,5}$/.test(values.port))
    throw new Error(`--port ${values.port} is not a valid port`);
  return {
    action,
    contract: values.contract,
    out: values.out,
    port: values.port === undefined ? undefined : Number(values.port),
    isContractAlone: values["contract-only"],
  };
}
