import { appWithServer, runApp } from "@student-events/platform";
import { z } from "zod";
import { teacher } from "./projection/projection.js";
import { readPageFiles } from "./server/page-files.js";
import { reachFault, startTeacherPage } from "./teacher-page.js";

const shape = {
  PAGE_HOST: z
    .string()
    .default("127.0.0.1")
    .describe("where the page is served (default 127.0.0.1: this machine alone; another one needs a token)"),
  PAGE_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(0)
    .describe("its port (default 0: a free one, see the log)"),
  PAGE_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe("what readers have to show, 16 characters or more; needed where others can reach the page"),
  PAGE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("where readers find the page, e.g. https://teacher.school.example; needed where others can reach it"),
  PAGE_ALLOW_HTTP: z
    .enum(["yes", "no"])
    .default("no")
    .describe("yes where PAGE_URL may be http: the token can be read on the way (default no)"),
  TEACHER_ID: z.coerce
    .number()
    .int()
    .min(1)
    .default(1)
    .describe("who presses Seen: resolved_by of struggle.resolved (default 1)"),
  TIMELINE_DAYS: z.coerce
    .number()
    .positive()
    .default(7)
    .describe("how far back a student's timeline is read (default 7)"),
};

const app = appWithServer({
  projection: teacher,
  about:
    "Serves the teacher's page: who needs help now, and how the class is doing. Publishes struggle.resolved. Any number of copies.",
  prepare: async () => undefined,
  extension: {
    shape,
    fault: ({ PAGE_HOST, PAGE_TOKEN, PAGE_URL, PAGE_ALLOW_HTTP }) =>
      reachFault({ host: PAGE_HOST, token: PAGE_TOKEN, publicUrl: PAGE_URL, allowsHttp: PAGE_ALLOW_HTTP === "yes" }),
    async start(given, { store, transport, say }) {
      const page = await startTeacherPage({
        store,
        transport,
        page: await readPageFiles(new URL("./page/", import.meta.url)),
        host: given.PAGE_HOST,
        port: given.PAGE_PORT,
        token: given.PAGE_TOKEN,
        publicUrl: given.PAGE_URL,
        allowsHttp: given.PAGE_ALLOW_HTTP === "yes",
        teacherId: given.TEACHER_ID,
        daysBack: given.TIMELINE_DAYS,
      });
      say(`the teacher's page is on ${page.url}\n`);
      return page;
    },
  },
});

process.exitCode = await runApp(app);
