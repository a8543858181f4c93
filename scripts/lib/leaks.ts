/**
 * Leaks of reality: where code reaches for the machine's time, chance or timers instead of being handed them.
 *
 * It looks at tokens, not at types: who wants to deceive it can (`eval`, a computed name); who forgets is caught.
 *
 * @module
 */
import { type Import, importsOf } from "./imports.ts";
import { GLOBAL_OBJECTS, keysOf, type Mention, mentionsOf } from "./mentions.ts";
import { type Token, tokensOf } from "./tokens.ts";

/**
 * What is reached for.
 *
 * - `time`, `chance`, `timer`: the machine's own
 * - `door`: the same through the house's own door: real clocks and timers of `runtime/`, ids of `edges/`
 * - `deno`: files, processes, network
 */
export type Reach = "time" | "chance" | "timer" | "door" | "deno";

/** One leak. */
export interface Leak {
  readonly reach: Reach;
  /** The name that was reached for: `Date.now`. */
  readonly what: string;
  readonly line: number;
}

const list = (reach: Reach, names: string) => names.split(" ").map((name) => [name, reach] as const);

/** Globals, and members of globals, that are the machine's. */
const HOST: ReadonlyMap<string, Reach> = new Map([
  ...list("time", "Date.now Temporal.Now performance.now performance.timeOrigin performance.mark"),
  ...list("time", "performance.measure process.hrtime process.uptime Deno.osUptime"),
  ...list("chance", "Math.random crypto.randomUUID crypto.getRandomValues crypto.subtle.generateKey"),
  ...list("chance", "crypto.randomBytes crypto.randomInt crypto.randomFill crypto.randomFillSync"),
  ...list("timer", "setTimeout setInterval setImmediate queueMicrotask requestAnimationFrame"),
  ...list("timer", "requestIdleCallback AbortSignal.timeout scheduler.wait scheduler.yield"),
  ...list("timer", "scheduler.postTask Atomics.wait Atomics.waitAsync process.nextTick Deno.cron"),
]);

/** Host objects with leaks in them whose names nobody gives to a thing of his own. */
const OBJECTS = new Set(["Date", "Math", "Temporal", "performance", "crypto", "AbortSignal", "Atomics"]);

/** Packages that are leaks: whole (`null`), or by the names taken from them. */
const PACKAGES: ReadonlyMap<string, readonly [Reach, readonly string[] | null]> = new Map<
  string,
  readonly [Reach, readonly string[] | null]
>([
  ["nanoid", ["chance", null]],
  ["uuid", ["chance", null]],
  ["ulid", ["chance", null]],
  ["@std/uuid", ["chance", null]],
  ["@std/ulid", ["chance", null]],
  ["@std/async", ["timer", null]],
  ["timers", ["timer", null]],
  ["perf_hooks", ["time", null]],
  ["os", ["time", ["uptime"]]],
  ["process", ["time", ["hrtime", "uptime", "nextTick"]]],
  ["crypto", ["chance", [
    ...["randomBytes", "randomFill", "randomFillSync", "randomInt", "randomUUID", "getRandomValues"],
    ...["generateKey", "generateKeySync", "generateKeyPair", "generateKeyPairSync", "webcrypto"],
    ...["default", "*"],
  ]]],
]);

/** The house's own doors, and what of them is reality; `null`: everything. Turns of the host are order, not time. */
const DOORS: readonly (readonly [RegExp, readonly string[] | null])[] = [
  [/(?:^|\/)runtime\/host\.ts$/, ["wallMs", "monotonicMs", "startTimer", "*"]],
  [/(?:^|\/)edges\/ids\.ts$/, null],
];
const REAL_CLOCKS = new Set(["wallClock", "monotonicClock"]);

/**
 * The leaks of a TypeScript file, by line; each name once per line.
 *
 * Comments (doc examples too), texts and regular expressions are none; code inside `${…}` of a template is code.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { leaksIn } from "./leaks.ts";
 *
 * const text = "const { now } = Date; // Math.random()\nconst id = `${crypto.randomUUID()} setTimeout()`;";
 *
 * assert.deepEqual(leaksIn(text), [
 *   { reach: "time", what: "Date.now", line: 1 },
 *   { reach: "chance", what: "crypto.randomUUID", line: 2 },
 * ]);
 * ```
 */
export function leaksIn(text: string): readonly Leak[] {
  const tokens = tokensOf(text);
  const found = [
    ...mentionsOf(tokens).flatMap((mention) => inMention(tokens, mention)),
    ...importsOf(tokens).flatMap(inImport),
    ...tokens.flatMap((token, place) => throughDoor(tokens, token, place)),
  ];
  const unique = new Map(found.map((leak) => [`${leak.line} ${leak.what}`, leak]));
  return [...unique.values()].sort((a, b) => a.line - b.line);
}

function inMention(tokens: readonly Token[], mention: Mention): Leak[] {
  const { path, line } = mention;
  const named = [1, 2, 3].map((length) => path.slice(0, length).join(".")).find((name) => HOST.has(name));
  if (named !== undefined) return [{ reach: HOST.get(named)!, what: named, line }];
  if (path[0] === "Deno") return [{ reach: "deno", what: path.slice(0, 2).join("."), line }];
  if (path.length > 1) return [];
  const taken = takenOut(tokens, mention);
  if (taken.length > 0) return taken;
  const what = (path[0] === "Date" ? dateMade(tokens, mention) : null) ?? renamed(tokens, mention);
  return what === null ? [] : [{ reach: reachOf(path[0]!), what, line }];
}

function reachOf(object: string): Reach {
  if (object === "Math" || object === "crypto") return "chance";
  return object === "AbortSignal" || object === "Atomics" ? "timer" : "time";
}

/** `new Date()`, `new Date` and `Date()` tell the present time; `new Date(ms)` does not. */
function dateMade(tokens: readonly Token[], { first, last }: Mention): string | null {
  const next = tokens[last + 1];
  const isCall = next?.text === "(";
  if (tokens[first - 1]?.text !== "new") return isCall ? "Date()" : null;
  if (!isCall) return "new Date";
  return next.partner === last + 2 ? "new Date()" : null;
}

/** `const { now } = Date`, `const { setTimeout: wait } = globalThis`. */
function takenOut(tokens: readonly Token[], { path, line, first }: Mention): Leak[] {
  if (tokens[first - 1]?.text !== "=") return [];
  const object = path[0]!;
  const isGlobal = GLOBAL_OBJECTS.has(object);
  return keysOf(tokens, first - 2).flatMap((key) => {
    const name = isGlobal ? key : `${object}.${key}`;
    const reach = HOST.get(name);
    if (reach !== undefined) return [{ reach, what: name, line }];
    const isObject = isGlobal ? OBJECTS.has(key) || key === "..." : OBJECTS.has(object) && key === "...";
    const what = key === "..." ? `all of ${object}` : `${name} by another name`;
    return isObject ? [{ reach: reachOf(isGlobal ? key : object), what, line }] : [];
  });
}

/** `const D = Date`, `class D extends Date`, `make(Date)`: after that nobody can see what is reached for. */
function renamed(tokens: readonly Token[], { path, first, last }: Mention): string | null {
  const name = path[0]!;
  if (!OBJECTS.has(name) && name !== "globalThis") return null;
  const before = tokens[first - 1]?.text ?? "";
  const after = tokens[last + 1]?.text ?? "";
  if (before === "=") return isNamed(tokens, first - 2) ? `${name} by another name` : null;
  if (name !== "Date" && name !== "Temporal") return null;
  if (before === "extends") return isClass(tokens, first - 2) ? `${name} by another name` : null;
  const inside = tokens[first]!.inside;
  const bracket = inside === null ? "" : tokens[inside]!.text;
  const isHandedOn = /^[({,]$/.test(before) && /^[)},]$/.test(after) && /^[({]$/.test(bracket);
  return isHandedOn ? `${name} handed on` : null;
}

/** No pattern, whose keys tell, and no type: `type Name = Date`, `<Name = Date>`, looked for backwards. */
function isNamed(tokens: readonly Token[], place: number): boolean {
  if (tokens[place]?.text === "}") return false;
  while (place >= 0 && !/^(?:[(;{}]|=>|const|let|var|type|<)$/.test(tokens[place]!.text)) place--;
  return !/^(?:type|<)$/.test(tokens[place]?.text ?? "");
}

function isClass(tokens: readonly Token[], place: number): boolean {
  return tokens[place]?.text === "class" || tokens[place - 1]?.text === "class";
}

const PACKAGE = /^(?:npm:|jsr:|node:)?\/?((?:@[^/]+\/)?[^/@]+)/;

function inImport({ specifier, names, line }: Import): Leak[] {
  for (const [door, real] of DOORS) {
    if (door.test(specifier)) return namesOf(names, real).map((what) => ({ reach: "door", what, line }));
  }
  const known = PACKAGES.get(PACKAGE.exec(specifier)?.[1] ?? "");
  if (known === undefined) return [];
  const [reach, real] = known;
  if (real === null) return [{ reach, what: specifier, line }];
  return namesOf(names, real).map((what) => ({ reach, what: `${what} of ${specifier}`, line }));
}

function namesOf(names: readonly string[], real: readonly string[] | null): readonly string[] {
  return real === null ? names : names.filter((name) => real.includes(name));
}

/** Real clocks of the runtime, by whatever way they came; and a system that was given no clock. */
function throughDoor(tokens: readonly Token[], { kind, text, line }: Token, place: number): Leak[] {
  if (kind !== "word") return [];
  if (REAL_CLOCKS.has(text)) return [{ reach: "door", what: text, line }];
  const isMade = text === "System" && tokens[place - 1]?.text === "new" && tokens[place + 1]?.text === "(";
  return isMade && isClockless(tokens, place + 1)
    ? [{ reach: "door", what: "new System() without a clock", line }]
    : [];
}

function isClockless(tokens: readonly Token[], open: number): boolean {
  const options = tokens[open + 1];
  if (options?.text === ")") return true;
  if (options?.text !== "{" || options.partner === null) return false;
  const keys = keysOf(tokens, options.partner);
  return !keys.includes("clock") && !keys.includes("...");
}
