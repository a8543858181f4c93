/**
 * Leaks of reality: each is found with its line, and words about them are none.
 *
 * @module
 */
import assert from "node:assert/strict";
import { importsOf } from "../../scripts/lib/imports.ts";
import { leaksIn, type Reach } from "../../scripts/lib/leaks.ts";
import { exceptionFor, EXCEPTIONS, forbiddenLeaks, realityFaults } from "../../scripts/lib/reality.ts";
import { tokensOf } from "../../scripts/lib/tokens.ts";

/** `reach what` of every leak. */
function shown(text: string): string[] {
  return leaksIn(text).map(({ reach, what }) => `${reach} ${what}`);
}

/** Each code, on a line of its own below others, has exactly the leak it stands for, on its line. */
function everyOneLeaks(expected: Readonly<Record<string, readonly [Reach, string]>>): void {
  for (const [code, [reach, what]] of Object.entries(expected)) {
    const text = `/* two\nlines */ const a = /"/;\n${code}\nconst b = 1;\n`;
    const line = 3 + code.slice(0, code.indexOf("§")).split("\n").length - 1;
    assert.deepEqual(leaksIn(text.replace("§", "")), [{ reach, what, line }], code);
  }
}

Deno.test("leaksIn() finds the time", () => {
  everyOneLeaks({
    "const t = §Date.now();": ["time", "Date.now"],
    "const t = §Date\n  .now();": ["time", "Date.now"],
    "const t = §Date /* . */ ?. now();": ["time", "Date.now"],
    "const t = §Date['now']();": ["time", "Date.now"],
    'const t = §Date?.["now"]();': ["time", "Date.now"],
    "const t = §Date[`now`]();": ["time", "Date.now"],
    "const t = §Date!.now();": ["time", "Date.now"],
    "const t = (§Date).now();": ["time", "Date.now"],
    "const t = (§Date as { now(): number }).now();": ["time", "Date.now"],
    "const t = (0, §Date.now)();": ["time", "Date.now"],
    "const t = §globalThis.Date.now();": ["time", "Date.now"],
    "const t = §globalThis['Date']['now']();": ["time", "Date.now"],
    "const t = (§globalThis as Any).Date.now();": ["time", "Date.now"],
    "const t = §self.Date.now();": ["time", "Date.now"],
    "const t = §globalThis.window.Date.now();": ["time", "Date.now"],
    "const t = §\\u0044ate.now();": ["time", "Date.now"],
    "const t = §Date.now.bind(null)();": ["time", "Date.now"],
    "run(§Date.now);": ["time", "Date.now"],
    "const { now } = §Date;": ["time", "Date.now"],
    "const { UTC, now: at } = §globalThis.Date;": ["time", "Date.now"],
    "const { 'now': at } = §Date;": ["time", "Date.now"],
    "({ now } = §Date);": ["time", "Date.now"],
    "const { ...all } = §Date;": ["time", "all of Date"],
    "const { Date: D } = §globalThis;": ["time", "Date by another name"],
    "const t = new §Date();": ["time", "new Date()"],
    "const t = new §Date( /* now */ );": ["time", "new Date()"],
    "const t = new §Date;": ["time", "new Date"],
    "const t = +new §Date": ["time", "new Date"],
    "const t = new §globalThis.Date();": ["time", "new Date()"],
    "const t = new (§Date)();": ["time", "new Date()"],
    "const t = §Date();": ["time", "Date()"],
    "const t = §Date(0);": ["time", "Date()"],
    "const D = §Date;": ["time", "Date by another name"],
    "const a = 0, D = §Date;": ["time", "Date by another name"],
    "const run = (a: number, D = §Date) => D;": ["time", "Date by another name"],
    "deps.date = §Date;": ["time", "Date by another name"],
    "class Mine extends §Date {}": ["time", "Date by another name"],
    "const C = class extends §Date {};": ["time", "Date by another name"],
    "const t = Reflect.construct(§Date, []);": ["time", "Date handed on"],
    "const deps = { clock, §Date };": ["time", "Date handed on"],
    "const g = §globalThis;": ["time", "globalThis by another name"],
    "const t = §Temporal.Now.instant();": ["time", "Temporal.Now"],
    "const { Now } = §Temporal;": ["time", "Temporal.Now"],
    "const t = §performance.now();": ["time", "performance.now"],
    "const t = §performance.timeOrigin;": ["time", "performance.timeOrigin"],
    "const { now } = §performance;": ["time", "performance.now"],
    "const p = §performance;": ["time", "performance by another name"],
    "const t = §process.hrtime.bigint();": ["time", "process.hrtime"],
    "import { hrtime } from §'node:process';": ["time", "hrtime of node:process"],
    "import { performance as p } from §'node:perf_hooks';": ["time", "node:perf_hooks"],
    "const text = `at ${§Date.now()} ms`;": ["time", "Date.now"],
    "const text = `at ${`${[`]`, §Date.now()]}`} ms`;": ["time", "Date.now"],
    'const t = /[/]"/.test(a) ? §Date.now() : 0; // "': ["time", "Date.now"],
    "const t = a / 2 + §Date.now() / 2;": ["time", "Date.now"],
    "if (a) /'/.test(b) && §Date.now(); // '": ["time", "Date.now"],
  });
});

Deno.test("leaksIn() finds chance", () => {
  everyOneLeaks({
    "const r = §Math.random();": ["chance", "Math.random"],
    "const { floor, random } = §Math;": ["chance", "Math.random"],
    "const m = §Math;": ["chance", "Math by another name"],
    "const id = §crypto.randomUUID();": ["chance", "crypto.randomUUID"],
    "const id = §globalThis.crypto.randomUUID();": ["chance", "crypto.randomUUID"],
    "const { randomUUID } = §crypto;": ["chance", "crypto.randomUUID"],
    "const { crypto: c } = §globalThis;": ["chance", "crypto by another name"],
    "§crypto.getRandomValues(bytes);": ["chance", "crypto.getRandomValues"],
    "await §crypto.subtle.generateKey(how, true, []);": ["chance", "crypto.subtle.generateKey"],
    "import { nanoid } from §'nanoid';": ["chance", "nanoid"],
    "import { customAlphabet } from §'npm:nanoid@5/non-secure';": ["chance", "npm:nanoid@5/non-secure"],
    "export { nanoid } from §'nanoid';": ["chance", "nanoid"],
    "const { nanoid } = await §import('nanoid');": ["chance", "nanoid"],
    "import { v4 } from §'jsr:@std/uuid@1';": ["chance", "jsr:@std/uuid@1"],
    "import { createHash, randomBytes as bytes } from §'node:crypto';": [
      "chance",
      "randomBytes of node:crypto",
    ],
    "import * as all from §'crypto';": ["chance", "* of crypto"],
    "import all from §'node:crypto';": ["chance", "default of node:crypto"],
    "const { randomInt } = §require('node:crypto');": ["chance", "* of node:crypto"],
  });
});

Deno.test("leaksIn() finds timers", () => {
  everyOneLeaks({
    "§setTimeout(run, 5);": ["timer", "setTimeout"],
    "await new Promise((resolve) => §setTimeout(resolve));": ["timer", "setTimeout"],
    "const wait = §setTimeout;": ["timer", "setTimeout"],
    "let id: ReturnType<typeof §setTimeout>;": ["timer", "setTimeout"],
    "§globalThis.setTimeout(run);": ["timer", "setTimeout"],
    "§globalThis['setTimeout'](run);": ["timer", "setTimeout"],
    "const { setTimeout: wait } = §globalThis;": ["timer", "setTimeout"],
    "const run = { ok: a ? §setTimeout : null };": ["timer", "setTimeout"],
    "§setInterval(run, 5);": ["timer", "setInterval"],
    "§setImmediate(run);": ["timer", "setImmediate"],
    "§queueMicrotask(run);": ["timer", "queueMicrotask"],
    "§requestAnimationFrame(run);": ["timer", "requestAnimationFrame"],
    "fetch(url, { signal: §AbortSignal.timeout(5) });": ["timer", "AbortSignal.timeout"],
    "await §scheduler.wait(5);": ["timer", "scheduler.wait"],
    "await §scheduler.yield();": ["timer", "scheduler.yield"],
    "§scheduler.postTask(run);": ["timer", "scheduler.postTask"],
    "§Atomics.wait(cells, 0, 0, 5);": ["timer", "Atomics.wait"],
    "§process.nextTick(run);": ["timer", "process.nextTick"],
    "§Deno.cron('a', '* * * * *', run);": ["timer", "Deno.cron"],
    "import { wait } from §'node:timers/promises';": ["timer", "node:timers/promises"],
    "import §'node:timers';": ["timer", "node:timers"],
    "import { delay } from §'@std/async/delay';": ["timer", "@std/async/delay"],
  });
});

Deno.test("leaksIn() finds the house's own doors, and Deno", () => {
  everyOneLeaks({
    "import { hostTurn, wallMs } from §'../../runtime/host.ts';": ["door", "wallMs"],
    "import { startTimer as later } from §'../runtime/host.ts';": ["door", "startTimer"],
    "export * from §'../runtime/host.ts';": ["door", "*"],
    "import { type Clock, wallClock } from §'../runtime/mod.ts';": ["door", "wallClock"],
    "const clock = runtime.§monotonicClock();": ["door", "monotonicClock"],
    "import { newId } from §'../edges/ids.ts';": ["door", "newId"],
    "const system = new §System();": ["door", "new System() without a clock"],
    "const system = new §System({ log, scheduler: { clock } });": ["door", "new System() without a clock"],
    "await §Deno.readTextFile(path);": ["deno", "Deno.readTextFile"],
    "const { env } = §Deno;": ["deno", "Deno"],
  });
});

Deno.test("leaksIn() takes words in comments, texts and regular expressions for words", () => {
  const text = [
    "// Date.now() and Math.random()",
    "/** ```ts\n * setTimeout(run, crypto.randomUUID());\n * ``` */",
    "const a = \"Date.now()\", b = 'Math.random()', c = `setTimeout() \\${Date.now()} $ {Date.now()}`;",
    "const d = /Date.now()|\"/, e = /'Math.random()/, f = /[/]setTimeout()/;",
    "const g = `${a}` + 'it\\'s Date.now()' + /`/ + ` Date.now() `;",
    "import type { nanoid } from 'nanoid';",
    "import { type nanoid } from 'nanoid/types';".replace("nanoid/types", "./nanoid.ts"),
    "export type { performance } from 'node:perf_hooks';",
  ].join("\n");

  assert.deepEqual(shown(text), []);
});

Deno.test("leaksIn() lets pass what is no reach for the machine", () => {
  const text = [
    "const a = new Date(atMs), b = new Date(Date.UTC(2026, 0)), c = Date.parse(text), d = new globalThis.Date(0);",
    "function f(at: Date, of: Map<string, Date>): Date | null { return at instanceof Date ? at : null; }",
    "type At = Date; type Of<T = Date> = T; type By<A, T = Date> = [A, T]; interface Mine extends Date {}",
    "const { UTC, parse } = Date; const { floor, PI } = Math; const { subtle } = crypto; const { x } = a;",
    "clock.now(); this.setTimeout(run); deps.crypto.randomUUID(); deps?.Math.random(); clock.Date.now();",
    "const fake = { setTimeout: run, Date: At }; type Kit = { setTimeout: () => void; queueMicrotask: Run };",
    "context.after(5, message); clearTimeout(id); this.#setTimeout(run); scheduler.ready(me); process.exit();",
    "const performance = statsOf(signals); report(performance.winRate); self.tell(message);",
    "import { createHash, timingSafeEqual } from 'node:crypto'; import { readFile } from 'node:fs/promises';",
    "import { nanoidLike } from './nanoid.ts'; import { hostTurn, soon } from '../runtime/host.ts';",
    "const system = new System({ clock, log }), other = new System({ ...deps }), third = new System(options);",
    "const n = Math.max(1, 2), same = AbortSignal.any([]), hash = await crypto.subtle.digest('SHA-256', bytes);",
  ].join("\n");

  assert.deepEqual(shown(text), []);
});

Deno.test("leaksIn() tells every leak of a file by line, a name once per line", () => {
  const text =
    "const a = Date.now() - Date.now(), b = Math.random();\n\nimport { nanoid } from 'nanoid';\nsetTimeout(a);";

  assert.deepEqual(leaksIn(text), [
    { reach: "time", what: "Date.now", line: 1 },
    { reach: "chance", what: "Math.random", line: 1 },
    { reach: "chance", what: "nanoid", line: 3 },
    { reach: "timer", what: "setTimeout", line: 4 },
  ]);
});

Deno.test("importsOf() reads every form of an import and leaves types out", () => {
  const text = [
    "import './a.ts'; import b from './b.ts'; import * as c from './c.ts'; import d, { e as f, type G } from './d.ts';",
    "import type H from './h.ts'; import type { I } from './i.ts'; export type { J } from './j.ts';",
    "export { k as l } from './k.ts'; export * from './m.ts'; export { n }; export const from = 'x';",
    "const o = await import('./o.ts'); const p = import.meta.url; const q = require('q'); t.import('no');",
    "import type from './type.ts'; import { 'a-b' as r } from './r.ts'; export default 's';",
  ].join("\n");

  assert.deepEqual(importsOf(tokensOf(text)), [
    { specifier: "./a.ts", names: [], line: 1 },
    { specifier: "./b.ts", names: ["default"], line: 1 },
    { specifier: "./c.ts", names: ["*"], line: 1 },
    { specifier: "./d.ts", names: ["default", "e"], line: 1 },
    { specifier: "./k.ts", names: ["k"], line: 3 },
    { specifier: "./m.ts", names: ["*"], line: 3 },
    { specifier: "./o.ts", names: ["*"], line: 4 },
    { specifier: "q", names: ["*"], line: 4 },
    { specifier: "./type.ts", names: ["default"], line: 5 },
    { specifier: "./r.ts", names: ["a-b"], line: 5 },
  ]);
});

Deno.test("forbiddenLeaks(): every room but edges/ is kept from the machine; programs may use the doors", () => {
  const text = "Date.now(); Math.random(); setTimeout(run); wallClock(); Deno.exit();";
  const kept = (path: string) => forbiddenLeaks(path, text).map(({ what }) => what).join(" ");
  const host = "Date.now Math.random setTimeout";

  assert.deepEqual(
    ["protocols/a.ts", "domain/b/c.ts", "actors/d.ts", "config.ts"].map(kept),
    Array(4).fill(`${host} Deno.exit wallClock`),
  );
  assert.deepEqual(["supervisor.ts", "tests/kit/e.ts"].map(kept), Array(2).fill(`${host} wallClock`));
  assert.deepEqual(["runtime/f.ts", "scripts/sim/g.ts"].map(kept), Array(2).fill(host));
  assert.deepEqual(kept("edges/h.ts"), "");
});

Deno.test("realityFaults() names file, line and remedy, and holds an exception against files and folders alone", () => {
  const text = "\nexport const now = () => Date.now();\n";
  const files = ["domain/a.ts", "tests/bench/b.ts", "tests/bench_test.ts", "tests/c.ts"].map((path) => ({
    path,
    text,
  }));
  const exceptions = [
    { path: "tests/bench/", reason: "measures" },
    { path: "tests/c.ts", reason: "waits" },
    { path: "tests/d.ts", reason: "waited once" },
  ];

  const why =
    "Date.now tells the machine's time; take it from the clock that is handed in (a program: runtime/host.ts)";
  assert.deepEqual(realityFaults(files, exceptions), [
    `domain/a.ts:2: ${why}`,
    `tests/bench_test.ts:2: ${why}`,
    "tests/d.ts: needs no exception any more",
  ]);
});

Deno.test("exceptionFor(): every exception has a reason, none covers a room of decisions", () => {
  assert.deepEqual(EXCEPTIONS.filter(({ reason }) => reason.length < 10), []);
  assert.deepEqual(
    EXCEPTIONS.map(({ path }) => path.split("/")[0]).filter((room) => room !== "tests"),
    ["runtime"],
  );
  assert.equal(exceptionFor("runtime/clocks.ts"), undefined);
  assert.equal(exceptionFor("tests/bench/house/peer.ts")?.path, "tests/bench/");
});
