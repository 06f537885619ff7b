import type { Fault } from "../mutant.ts";

const server = "apps/teacher/src/server";
const routes = `${server}/routes.test.ts`;

/** What a server takes from anybody. */
export const pages: readonly Fault[] = [
  {
    fault: "a body of any size is read before its sender has signed in",
    test: { file: routes, title: "of more than 16 KB is refused, signed in or not" },
    broughtBack: {
      file: `${server}/routes.ts`,
      from: "routes.use(bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge }));",
      to: "routes.use(bodyLimit({ maxSize: 1000 * maxBodyBytes, onError: tooLarge }));",
    },
  },
  {
    fault: "a request that never arrives is waited for",
    test: { file: `${server}/listen.test.ts`, title: "a request that does not arrive in time is ended" },
    broughtBack: {
      file: `${server}/listen.ts`,
      from: "({ requestTimeout: ms, headersTimeout: ms, connectionsCheckingInterval: ms / 10 })",
      to: "({ requestTimeout: 0, headersTimeout: 0, connectionsCheckingInterval: ms / 10 })",
    },
  },
  {
    fault: "tokens can be tried as quickly as they can be sent",
    test: { file: `${server}/sign-ins.test.ts`, title: "a right token is answered at once, a wrong one late" },
    broughtBack: {
      file: `${server}/sign-ins.ts`,
      from: "if (isFull(from)) return",
      to: "if (isFull(from) && most.all < 0) return",
    },
  },
  {
    fault: "one session opens streams without end",
    test: { file: routes, title: "go to twenty pages of one session at most" },
    broughtBack: {
      file: `${server}/events.ts`,
      from: "(open.get(session) ?? 0) >= mostStreams",
      to: "(open.get(session) ?? 0) < 0",
    },
  },
  {
    fault: "a page of a browser reads health pages by a name of its own",
    test: {
      file: "packages/ops/test/health.test.ts",
      title: "are asked by an address or a name of their own, and by no other",
    },
    broughtBack: {
      file: "packages/ops/src/health/asked-by.ts",
      from: "if (host === undefined) return true;",
      to: "if (host === undefined || names.length >= 0) return true;",
    },
  },
  {
    fault: "a page is served by http beyond this machine",
    test: {
      file: "apps/teacher/src/teacher-page.test.ts",
      title: "is served by https beyond this machine, unless it is said that http will do",
    },
    broughtBack: {
      file: "apps/teacher/src/teacher-page.ts",
      from: 'publicUrl.startsWith("https:") ||',
      to: 'publicUrl.startsWith("http") ||',
    },
  },
  {
    fault: "doctor says nothing of a password in clear",
    test: { file: "packages/cli/test/doctor.test.ts", title: "with what is to be warned of in how they were asked" },
    broughtBack: {
      file: "packages/cli/src/doctor/cluster.ts",
      from: 'warning === null ? "" :',
      to: 'warning !== undefined ? "" :',
    },
  },
  {
    fault: "a password goes in clear, and nothing says so",
    test: {
      file: "packages/platform/src/connection.test.ts",
      title: "is warned of where a password goes in clear, without the password",
    },
    broughtBack: {
      file: "packages/kafka/src/client/environment.ts",
      from: 'sasl?.mechanism === "plain" && !ssl && isElsewhere',
      to: 'sasl?.mechanism === "plain" && ssl && isElsewhere',
    },
  },
];
