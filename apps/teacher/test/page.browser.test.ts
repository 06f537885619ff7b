import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { startBrowser } from "@keyline/browser-dev";
import type { Module } from "@student-events/events";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { failThrice, headerOf, keyOf, payloadOf } from "./alerts.js";
import { openNetwork } from "./network.js";
import { openWorld, type TeacherApp, type World } from "./world.js";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const probe = fileURLToPath(new URL("probe.js", import.meta.url));

let world: World;
let browser: Browser;
let app: TeacherApp;

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld(), startBrowser()]);
  app = await world.startTeacher();
  await world.playClass({ students: 2, rate: 100, seconds: 5 });
  await everyLook(world.producer);
  await manyReasons(world);
  await world.caughtUp();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await world?.close();
}, 120_000);

/** A third student, with a cell of every level and an alert of the highest severity. */
async function everyLook(producer: World["producer"]): Promise<void> {
  const components = { exercise_completion_pct: 0, quiz_score_avg: 0, code_quality_avg: 0, consistency_score: 0 };
  const looks = [
    ["basics", "mastered", 95],
    ["functions", "proficient", 80],
    ["oop", "learning", 50],
    ["files", "beginner", 20],
  ] as const;
  for (const [module, mastery_level, mastery_score] of looks) {
    const payload = { module, ...components, mastery_level, mastery_score };
    await producer.learningProgress({ student_id: 3, payload });
  }
  await producer.learningQuery({ student_id: 3, payload: { query: "I'm stuck" } });
}

/** A fourth student, with two reasons, one of them twice. */
async function manyReasons(played: World): Promise<void> {
  const ask = (module: Module, query: string) =>
    played.producer.learningQuery({ student_id: 4, payload: { query, module } });
  await ask("files", "I'm stuck");
  await failThrice(played, 4);
  await ask("errors", "I don't understand");
}

const openContext = (options: BrowserContextOptions = {}) =>
  browser.newContext({ timezoneId: "UTC", locale: "en-GB", ...options });

const opened: BrowserContext[] = [];
afterEach(async () => {
  for (const context of opened.splice(0)) await context.close();
});

/** A page of its own, with what its console complains about. */
async function open(
  options: BrowserContextOptions = {},
  url = app.page.url,
): Promise<{ page: Page; complaints: string[] }> {
  const context = await openContext(options);
  opened.push(context);
  const page = await context.newPage();
  await page.addInitScript({ path: probe });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  await live(page);
  return { page, complaints };
}

const live = (page: Page) =>
  page
    .getByRole("status")
    .filter({ hasText: /^Up to date$/ })
    .waitFor();
const showIds = (page: Page) => page.getByLabel("Show student ids").check();
const card = (page: Page, name: string) =>
  page.locator(".card").filter({ has: page.getByRole("link", { name, exact: true }) });
const row = (page: Page, name: string) =>
  page.locator("tbody tr").filter({ has: page.getByRole("link", { name, exact: true }) });

describe("the class", () => {
  it("shows the first scripted student's 68 %, and the second's alert with its evidence, under pseudonyms", async () => {
    const { page, complaints } = await open();
    const text = (await page.locator("body").textContent()) ?? "";
    expect(text).not.toMatch(/Student \d/);
    expect(text).toMatch(/NameError 3 times in a row/);
    await showIds(page);
    expect(await row(page, "Student 1").locator("td").nth(2).textContent()).toBe("L 68");
    const alert = await card(page, "Student 2").textContent();
    expect(alert).toMatch(/Repeated an error/);
    expect(alert).toMatch(/OOP/);
    expect(alert).toMatch(/Medium/);
    expect(complaints).toEqual([]);
  });

  it("is left with the students of a count that is pressed, and has those with the most alerts first when asked", async () => {
    const { page } = await open();
    await showIds(page);
    const names = () => page.locator("tbody a").allTextContents();
    const press = (name: RegExp) => page.getByRole("button", { name }).click();
    await press(/^Medium/);
    await row(page, "Student 3").waitFor({ state: "detached" });
    expect(await names()).toEqual(["Student 2", "Student 4"]);
    expect(await page.locator(".card").count()).toBe(2);
    await press(/^Medium/);
    await press(/mastered/);
    await row(page, "Student 2").waitFor({ state: "detached" });
    expect(await names()).toContain("Student 3");
    await press(/^All \d+$/);
    await row(page, "Student 2").waitFor();
    await press(/^Alerts/);
    expect((await names()).at(-1)).toBe("Student 1");
  });

  it("shows on each count how many students are left when it is pressed, also after another one", async () => {
    const { page } = await open();
    const chips = page.locator(".chips button");
    const counted = async (index: number) => Number(await chips.nth(index).locator("b").textContent());
    const left = () => page.locator(".mastery h2 .count").textContent();
    await page.getByText("NameError", { exact: true }).waitFor();
    for (const other of [0, 1, 4]) {
      await chips.nth(other).click();
      for (let index = 1; index < (await chips.count()); index += 1) {
        if (index === other) continue;
        const count = await counted(index);
        const before = await chips.nth(index).getAttribute("aria-pressed");
        await chips.nth(index).click();
        await expect.poll(left).toBe(String(count));
        expect(before).toBe("false");
        // Severities take each other's place, and so do reasons: back to the other one alone.
        await chips.nth(0).click();
        await chips.nth(other).click();
      }
      await chips.nth(0).click();
    }
  });

  it("says what Done and Seen mean, and up to date in the same words for all and for each app", async () => {
    const { page } = await open();
    await page.getByText("Done: modules in which a student is proficient or mastered.").waitFor();
    await page.getByText("Seen takes a student off this list, for every teacher.").waitFor();
    await page.getByRole("status").click();
    for (const app of ["Alerts (app struggle)", "Mastery (app progress)", "This page (app teacher)"])
      await page
        .getByRole("listitem")
        .filter({ hasText: `${app}: up to date` })
        .waitFor();
  });

  it("loads less than 50 KB of script, and nothing from another host", async () => {
    const context = await openContext();
    opened.push(context);
    const page = await context.newPage();
    const sizes: Promise<number>[] = [];
    const hosts = new Set<string>();
    page.on("requestfinished", (request) => {
      if (request.resourceType() === "script")
        sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    await page.goto(app.page.url);
    await live(page);
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    console.log(`script of the first load: ${bytes} bytes, compressed`);
    expect(bytes).toBeGreaterThan(1000);
    expect(bytes).toBeLessThan(50_000);
    expect([...hosts]).toEqual([new URL(app.page.url).host]);
  });
});

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

describe("accessibility", () => {
  const looks = [
    { colorScheme: "light", width: 1280 },
    { colorScheme: "dark", width: 1280 },
    { colorScheme: "light", width: 390 },
    { colorScheme: "dark", width: 390 },
  ] as const;

  async function findings(page: Page): Promise<unknown> {
    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate<AxeResults>("axe.run()");
    return violations.map(({ id, nodes }) => ({ id, html: nodes.slice(0, 3).map(({ html }) => html) }));
  }

  /** Column heads whose text needs more room than the column has. */
  const tooLongHeads = (page: Page) =>
    page
      .locator("thead .upright")
      .evaluateAll((heads) =>
        heads.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ textContent }) => textContent),
      );

  /** What has more in it than it shows. */
  const cutOff = (page: Page, selector: string) =>
    page
      .locator(selector)
      .evaluateAll((elements) =>
        elements
          .filter(
            (element) =>
              element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 8,
          )
          .map(({ className, textContent }) => `${className}: ${textContent}`),
      );

  /** Column heads whose texts lie over one another. */
  const collidingHeads = (page: Page) =>
    page.locator("thead .head").evaluateAll((heads) => {
      const boxes = heads.map((head) => ({ text: head.textContent, box: head.getBoundingClientRect() }));
      return boxes.flatMap(({ text, box }, index) => {
        const next = boxes[index + 1];
        return next && box.right > next.box.left ? [`${text} and ${next.text}`] : [];
      });
    });

  it("has heads that do not collide at any width", async () => {
    const { page } = await open();
    for (const width of [320, 360, 390, 480, 640, 641, 768, 860, 861, 960, 1024, 1100, 1280, 1600]) {
      await page.setViewportSize({ width, height: 800 });
      const tab = page.getByRole("button", { name: "Mastery", exact: true });
      if (await tab.isVisible()) await tab.click();
      expect([width, await tooLongHeads(page), await collidingHeads(page)]).toEqual([width, [], []]);
    }
  });

  it("can be used with a thumb: what is pressed on a phone is 40 pixels high, and nothing lies beside the screen", async () => {
    const { page } = await open({ viewport: { width: 390, height: 844 }, hasTouch: true });
    const small = () =>
      page
        .locator("button:visible, input[type=search]:visible, tbody a:visible")
        .evaluateAll((all) =>
          all
            .map((one) => `${one.textContent} ${Math.round(one.getBoundingClientRect().height)}`)
            .filter((text) => Number(/\d+$/.exec(text)?.[0]) < 40),
        );
    expect(await small()).toEqual([]);
    await page.getByRole("button", { name: "Mastery", exact: true }).click();
    const heads = /^(Student|Alerts|Done) /;
    expect((await small()).filter((text) => !heads.test(text))).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await page.getByText("Done: modules in which").waitFor();
  });

  it.each(looks)("axe finds nothing in $colorScheme at $width pixels", async ({ colorScheme, width }) => {
    const { page } = await open({
      colorScheme,
      viewport: { width, height: 800 },
      reducedMotion: "reduce",
      bypassCSP: true,
    });
    expect(await findings(page)).toEqual([]);
    if (width === 390) await page.getByRole("button", { name: "Mastery", exact: true }).click();
    expect(await tooLongHeads(page)).toEqual([]);
    await page.getByRole("status").click();
    await page.locator("tbody a").first().click();
    await page.locator(".happening").first().waitFor();
    expect(await findings(page)).toEqual([]);
    await page.getByLabel("Technical details").check();
    await page.locator(".events li").first().waitFor();
    expect(await findings(page)).toEqual([]);
    expect(await cutOff(page, ".events li, .said, .log, .events pre, .events blockquote")).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  });
});

describe("a card", () => {
  const reasons = (page: Page) => card(page, "Student 4").locator(".reasons li").allTextContents();

  it("has all reasons of a student, the newest first, each once, with how often it came and the last of them", async () => {
    const { page } = await open();
    await showIds(page);
    await card(page, "Student 4").waitFor();
    expect(await reasons(page)).toEqual([
      expect.stringMatching(/^Asked for help 2 times, last: “i don't understand” Errors · just now$/),
      expect.stringMatching(/^Repeated an error: NameError 3 times in a row: .+ OOP, exercise 501 · just now$/),
    ]);
  });

  it("has one button that marks them all as seen, can be undone, and keeps its place meanwhile", async () => {
    const { page } = await open();
    await showIds(page);
    const before = world.records("struggle.resolved").length;
    const all = card(page, "Student 4").getByRole("button", { name: "All 3 seen" });
    const told = await reasons(page);
    await all.click();
    await card(page, "Student 4").getByText("3 alerts marked as seen").waitFor();
    expect(await reasons(page)).toEqual(told);
    await card(page, "Student 4").getByRole("button", { name: /^Undo/ }).click();
    await all.waitFor();
    expect(world.records("struggle.resolved")).toHaveLength(before);
  });

  it.each([
    ["In the last hour", 30 * 60_000],
    ["Before today", 25 * 3_600_000],
  ])("stands under its age: %s", async (age, laterMs) => {
    // This test's own events are dated by the wall clock.
    const later = await world.startTeacher({ clock: () => Date.now() + laterMs });
    try {
      const { page } = await open({}, later.page.url);
      await showIds(page);
      await page.getByRole("region", { name: age }).getByRole("link", { name: "Student 4", exact: true }).waitFor();
    } finally {
      await later.close();
    }
  });
});

describe("alerts", () => {
  it("go away when they are seen, which can be undone, and the log has it, after the alert, once the page is left", async () => {
    const { page, complaints } = await open();
    await showIds(page);
    const before = world.records("struggle.resolved").length;
    const see = () => card(page, "Student 2").getByRole("button", { name: /seen/i }).click();
    await see();
    await expect.poll(() => page.evaluate("document.activeElement.textContent")).toBe("Undo: Student 2");
    await card(page, "Student 2").getByRole("button", { name: /^Undo/ }).click();
    await card(page, "Student 2").getByRole("button", { name: /seen/i }).waitFor();
    expect(world.records("struggle.resolved")).toHaveLength(before);
    await see();
    await page.reload();
    await expect.poll(() => world.records("struggle.resolved").length).toBe(before + 1);
    await showIds(page);
    await card(page, "Student 2").waitFor({ state: "detached" });
    const [resolved] = world.records("struggle.resolved").slice(before);
    const detected = world.records("struggle.detected").find((record) => keyOf(record) === "2");
    if (!resolved || !detected) throw new Error("the log lacks the alert or its resolution");
    expect(keyOf(resolved)).toBe("2");
    expect(payloadOf(resolved)).toEqual({ alert_id: payloadOf(detected).alert_id, resolved_by: 1 });
    expect(headerOf(resolved, "keyline-after")).toContain(`struggle.detected/${detected.partition}@${detected.offset}`);
    await page.locator(".seen").getByRole("link", { name: "Student 2" }).waitFor();
    expect(complaints).toEqual([]);
  });

  it("come within a second of their event, at the 99th percentile of 120", async () => {
    const { page } = await open();
    const students = Array.from({ length: 120 }, (_, index) => 1001 + index);
    const sentAtMs = new Map<string, number>();
    for (const student of students) {
      sentAtMs.set(String(student), await failThrice(world, student));
      await page.waitForTimeout(10);
    }
    await world.caughtUp();
    const detected = () => world.records("struggle.detected").filter((record) => sentAtMs.has(keyOf(record)));
    await expect.poll(() => detected().length).toBe(students.length);
    const ids = detected().map((record) => ({ key: keyOf(record), id: String(payloadOf(record).alert_id) }));
    const drawn = () => page.evaluate<Record<string, number>>("probe.drawn");
    await expect
      .poll(async () => {
        const known = await drawn();
        return ids.filter(({ id }) => id in known).length;
      })
      .toBe(students.length);
    const known = await drawn();
    const latencies = ids
      .map(({ key, id }) => (known[id] ?? Number.NaN) - (sentAtMs.get(key) ?? Number.NaN))
      .sort((a, b) => a - b);
    const at = (share: number) => latencies[Math.ceil(share * latencies.length) - 1] ?? Number.NaN;
    console.log(`from the third error to the page: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`);
    expect(at(0.99)).toBeLessThan(1000);
  }, 180_000);

  it("are all there after the server was away, without a reload", async () => {
    const { page } = await open();
    await page.evaluate("globalThis.sameDocument = true");
    await app.close();
    await page.getByRole("status").filter({ hasText: "Connection lost" }).waitFor();
    const students = Array.from({ length: 12 }, (_, index) => 2001 + index);
    await Promise.all(students.map((student) => failThrice(world, student)));
    app = await world.startTeacher({ port: app.page.port });
    await live(page);
    await showIds(page);
    for (const student of students) await card(page, `Student ${student}`).waitFor();
    expect(await page.evaluate("globalThis.sameDocument")).toBe(true);
    // What was seen before is still seen: state lives in the store.
    expect(await card(page, "Student 2").count()).toBe(0);
  }, 60_000);

  it("that came while the network was away come when it is back, as changes after the last that was heard", async () => {
    const network = await openNetwork(() => distant.page.port);
    // The network has an address of its own, by which the server has to be asked.
    const distant = await world.startTeacher({ publicUrl: `http://127.0.0.1:${network.port}` });
    try {
      const { page } = await open({}, `http://127.0.0.1:${network.port}`);
      const asked: string[] = [];
      page.on("request", (request) => {
        if (request.url().includes("/api/events")) asked.push(request.url());
      });
      await showIds(page);
      await row(page, "Student 1").waitFor();
      network.cut();
      await page.getByRole("status").filter({ hasText: "Connection lost" }).waitFor();
      await failThrice(world, 3001);
      await world.caughtUp();
      network.repair();
      await card(page, "Student 3001").waitFor();
      expect(asked.at(-1)).toMatch(/\?after=[\w-]+%3A\d+$/);
    } finally {
      await network.close();
      await distant.close();
    }
  });
});

describe("a student's page", () => {
  it.each([
    [1280, 800],
    [390, 844],
  ])(
    "says what happened before anything is scrolled, and where it lies on the log only when asked: %i pixels",
    async (width, height) => {
      const { page } = await open({ viewport: { width, height } });
      await showIds(page);
      await card(page, "Student 4").getByRole("link", { name: "Student 4" }).click();
      const first = page.locator(".happening").first();
      await first.waitFor();
      const box = await first.boundingBox();
      expect((box?.y ?? height) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
      const student = page.getByRole("region", { name: "Student 4" });
      expect(await student.textContent()).not.toMatch(/\/\d+@\d+/);
      expect(
        await student.locator(".happening").evaluateAll((all) => Math.max(...all.map((one) => one.clientHeight))),
      ).toBeLessThanOrEqual(width === 390 ? 60 : 40);
      await page.getByLabel("Technical details").check();
      await page.locator(".events li").first().waitFor();
      expect(await student.textContent()).toMatch(/learning\.query\/\d+@\d+/);
    },
  );
});

describe("a student's timeline", () => {
  const hostile = `<script>document.title = "taken"</script><img src=x onerror="document.title = 'taken'">`;

  it("shows every topic in order with links to causes, and hostile text as text", async () => {
    await world.producer.learningQuery({ student_id: 1, payload: { query: hostile, module: "functions" } });
    const { page, complaints } = await open();
    await showIds(page);
    await row(page, "Student 1").getByRole("link").click();
    await page.getByRole("heading", { name: "Student 1" }).waitFor();
    const events = page.locator(".events li");
    await page.locator("summary").filter({ hasText: hostile }).click();
    await page.locator(".happening blockquote").filter({ hasText: hostile }).waitFor();
    await page.getByLabel("Technical details").check();
    expect(await page.title()).toBe("Class");
    const places = await page.locator(".topic").allTextContents();
    const own = [...world.records("code.executed"), ...world.records("learning.progress")].filter(
      (record) => keyOf(record) === "1",
    );
    expect(own.length).toBeGreaterThan(5);
    for (const { topic, partition, offset } of own) expect(places).toContain(`${topic}/${partition}@${offset}`);
    const completed = events.filter({ hasText: "completed the exercise" }).first();
    const cause = (await completed.locator(".cause").first().textContent()) ?? "";
    expect(cause).toMatch(/^after code\.executed\/\d+@\d+$/);
    await completed.locator(".cause").first().click();
    expect(await page.evaluate("document.activeElement.id")).toBe(`event-${cause.replace("after ", "")}`);
    expect(page.url()).not.toMatch(/[=/]1$/);
    expect(complaints).toEqual([]);
  });

  it("grows while it is open", async () => {
    const { page } = await open();
    await showIds(page);
    await row(page, "Student 1").getByRole("link").click();
    await page.locator(".happening").first().waitFor();
    await world.producer.learningQuiz({
      student_id: 1,
      payload: { quiz_attempt_id: 9, module: "files", correct_count: 2, total_count: 4, score: 50 },
    });
    await page.getByText("took a quiz: 2 of 4 right").waitFor();
    await page.locator(".modules").getByText(/Files/).waitFor();
  });
});

describe("a token", () => {
  it("is asked for, opens the page, and is asked for again by no copy that has the same", async () => {
    const token = "one that cannot be guessed";
    const [one, other] = [await world.startTeacher({ token }), await world.startTeacher({ token })];
    try {
      const context = await openContext();
      opened.push(context);
      const page = await context.newPage();
      await page.goto(one.page.url);
      await page.getByLabel("Token").fill("a wrong one of some length");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("That is not the token.").waitFor();
      await page.getByLabel("Token").fill(token);
      await page.getByRole("button", { name: "Sign in" }).click();
      await live(page);
      await page.goto(other.page.url);
      await live(page);
    } finally {
      await one.close();
      await other.close();
    }
  });
});

/** How long a page's main thread has worked so far, by the processor's time. */
async function mainThreadClock(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };
}

describe("a large class", () => {
  it("stays smooth with 500 students and 50 alerts a minute", async () => {
    const modules: readonly Module[] = ["basics", "control-flow", "functions", "oop", "files"];
    const components = { exercise_completion_pct: 50, quiz_score_avg: 50, code_quality_avg: 50, consistency_score: 50 };
    const progress = (student_id: number, module: Module, mastery_score: number) => {
      const payload = { module, ...components, mastery_score, mastery_level: "learning" } as const;
      return world.producer.learningProgress({ student_id, payload });
    };
    const students = Array.from({ length: 500 }, (_, index) => 5001 + index);
    await Promise.all(students.flatMap((student) => modules.map((module) => progress(student, module, 45))));
    const { page } = await open();
    await expect.poll(() => page.locator("tbody tr").count(), { timeout: 15_000 }).toBeGreaterThanOrEqual(500);
    await page.waitForTimeout(500);
    await page.evaluate("Object.assign(probe, { tasks: [], gaps: [] })");
    const mainThreadSeconds = await mainThreadClock(page);
    const before = await mainThreadSeconds();
    const seconds = 6;
    for (let tick = 0; tick < seconds * 10; tick += 1) {
      // Fifty a minute are one in 1.2 s; and ten students a second get on.
      if (tick % 12 === 0) void failThrice(world, 5001 + tick);
      void progress(students[(tick * 7) % 500] ?? 5001, modules[tick % 5] ?? "oop", 46 + (tick % 20));
      await page.waitForTimeout(100);
    }
    const { tasks, gaps } = await page.evaluate<{ tasks: number[]; gaps: number[] }>("probe");
    const sorted = gaps.toSorted((a, b) => a - b);
    const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;
    const longest = Math.max(0, ...tasks);
    const busySeconds = (await mainThreadSeconds()) - before;
    console.log(
      `${gaps.length} frames in ${seconds} s, p95 ${p95.toFixed(0)} ms; ${tasks.length} long tasks, the longest ${longest.toFixed(0)} ms; the main thread busy for ${busySeconds.toFixed(2)} s`,
    );
    // By the processor's time, whatever else this machine is doing; the longest task is by the clock on the wall, and
    // tells only of a page that stands still.
    expect(busySeconds).toBeGreaterThan(0);
    expect(busySeconds / seconds).toBeLessThan(0.5);
    expect(longest).toBeLessThan(1000);
    expect(await page.locator(".card").count()).toBeGreaterThan(0);
  }, 60_000);
});

it("keeps ids out of every address that a browser asks for", async () => {
  const { page } = await open();
  const urls: string[] = [];
  page.on("request", (request) => urls.push(request.url()));
  const unusual = 987_654_321;
  await failThrice(world, unusual);
  await showIds(page);
  await card(page, `Student ${unusual}`).getByRole("link").click();
  await page.locator(".happening").first().waitFor();
  await page.goBack();
  await card(page, `Student ${unusual}`).getByRole("button").click();
  await page.evaluate("dispatchEvent(new Event('pagehide'))");
  await card(page, `Student ${unusual}`).waitFor({ state: "detached" });
  expect(urls.length).toBeGreaterThan(2);
  expect(urls.filter((url) => url.includes(String(unusual)))).toEqual([]);
});
