/**
 * Every setting of the server: its name, unit, default, allowed range and where the default comes from.
 *
 * The schema below is the one place: types, defaults, checks, `bitten.schema.json` and the names of the
 * environment variables are all derived from it.
 *
 * @module
 */
import { type Static, type TObject, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { parse, type ParseError, printParseErrorCode } from "jsonc-parser";

const strict = { additionalProperties: false } as const;

function port(fallback: number, description: string): TSchema & { static: number } {
  return Type.Integer({ minimum: 0, maximum: 65_535, default: fallback, description }) as never;
}

function durationMs(fallback: number, minimum: number, maximum: number, description: string) {
  return Type.Integer({ minimum, maximum, default: fallback, description });
}

function amount(fallback: number, minimum: number, maximum: number, description: string) {
  return Type.Number({ minimum, maximum, default: fallback, description });
}

const Gateways = Type.Object({
  host: Type.String({ minLength: 1, default: "127.0.0.1", description: "Address the EA ports bind to." }),
  commandPort: port(5555, "ROUTER: HELLO and HEARTBEAT in, commands out. 0: any free port."),
  telemetryPort: port(5556, "PULL: handshake, heartbeat, TICK, OHLC, DISCONNECT."),
  signalPort: port(5557, "PUB: signals, one frame `ELITE_GUARD_SIGNAL {json}`."),
  signalTopicPort: port(5657, "PUB: signals, two frames `signal.<SYMBOL>` and JSON."),
  confirmPort: port(5558, "PULL: confirmations and close notices."),
  relayPort: port(5560, "PUB: ticks, the bare JSON line."),
  relayTopicPort: port(5660, "PUB: ticks, two frames `tick.<SYMBOL>` and JSON."),
  legacyAllow: Type.Array(Type.String({ minLength: 1 }), {
    default: ["127.0.0.1"],
    description: "Addresses from which EAs without authentication (generation 2) are let in.",
  }),
  framesPerSecondMax: Type.Integer({
    minimum: 10,
    maximum: 1_000_000,
    default: 5_000,
    description: "Telemetry frames one EA may send per second of wall time; more are ignored and counted.",
  }),
}, { ...strict, default: {} });

const Clock = Type.Object({
  speed: Type.Number({
    minimum: 0.1,
    maximum: 10_000,
    default: 1,
    description:
      "Market seconds per wall second. Anything but 1 is a rehearsal: loopback only, no real accounts.",
  }),
  startAt: Type.Union([Type.String({ minLength: 10 }), Type.Null()], {
    default: null,
    description: "UTC time the rehearsal begins at (ISO 8601); null: now.",
    env: "BITTEN_CLOCK_START",
  }),
}, { ...strict, default: {} });

const Market = Type.Object({
  symbolMap: Type.Record(Type.String(), Type.String(), {
    default: {},
    description: "Broker's symbol name to canonical name, where stripping prefix and suffix does not do.",
    env: null,
  }),
}, { ...strict, default: {} });

const Execution = Type.Object({
  autoFireExpiryMs: durationMs(
    60_000,
    1_000,
    600_000,
    "Age at which a signal is no longer fired automatically.",
  ),
  missionExpiryMs: durationMs(
    900_000,
    10_000,
    86_400_000,
    "Age at which a mission can no longer be fired by hand.",
  ),
  eaStaleMs: durationMs(75_000, 5_000, 600_000, "Silence of an EA's heartbeat after which it gets no fires."),
  priceStaleMs: durationMs(30_000, 1_000, 300_000, "Age of the EA's own quote after which it gets no fires."),
  slotsPerEa: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 10,
    description: "Open fires one EA may hold.",
  }),
  slippagePips: amount(1, 0, 100, "Counted on top of the distance to the stop, pips."),
  commissionUsd: amount(7, 0, 1_000, "Commission of a round turn, USD per lot."),
  currencyExposurePercentMax: amount(25, 1, 1_000, "Net risk in one currency, percent of equity."),
  dailyLossPercentMax: Type.Union([amount(20, 0.1, 100, ""), Type.Null()], {
    default: 20,
    description: "Loss since 17:00 New York, realised and floating, percent of equity; null: no limit.",
  }),
}, { ...strict, default: {} });

const Http = Type.Object({
  host: Type.String({ minLength: 1, default: "127.0.0.1", description: "Address the HTTP ports bind to." }),
  port: port(8888, "Public HTTP: /healthz, /api/pattern-analytics."),
  adminPort: port(8899, "Admin HTTP behind a bearer token."),
  adminToken: Type.Union([Type.String({ minLength: 16 }), Type.Null()], {
    default: null,
    description:
      "Bearer token of the admin port; null: the port stays closed. Better given by the environment.",
    env: "BITTEN_ADMIN_TOKEN",
  }),
}, { ...strict, default: {} });

const Telegram = Type.Object({
  token: Type.Union([Type.String({ minLength: 10 }), Type.Null()], {
    default: null,
    description: "Bot token; null: no alerts. Better given by the environment.",
    env: "BITTEN_TELEGRAM_TOKEN",
  }),
  chatIds: Type.Array(Type.String({ minLength: 1 }), {
    default: [],
    description: "Chats that get signal, fill and close alerts.",
  }),
  apiRoot: Type.Union([Type.String({ minLength: 8 }), Type.Null()], {
    default: null,
    description: "Another Bot API server; null: Telegram's own.",
  }),
}, { ...strict, default: {} });

const LogSettings = Type.Object({
  level: Type.Union(["debug", "info", "warn", "error"].map((level) => Type.Literal(level)) as never[], {
    default: "info",
    description: "Least severity that is written.",
  }) as unknown as TSchema & { static: "debug" | "info" | "warn" | "error" },
  format: Type.Union(["text", "json"].map((format) => Type.Literal(format)) as never[], {
    default: "text",
    description: "One line of text, or one JSON object, per record.",
  }) as unknown as TSchema & { static: "text" | "json" },
}, { ...strict, default: {} });

/** The schema of `bitten.config.jsonc`. */
export const ConfigSchema = Type.Object({
  $schema: Type.Optional(Type.String({ env: null })),
  dataDir: Type.String({
    minLength: 1,
    default: "./data",
    description: "Folder of the database and journals.",
  }),
  clock: Clock,
  gateways: Gateways,
  market: Market,
  execution: Execution,
  http: Http,
  telegram: Telegram,
  log: LogSettings,
}, { ...strict, title: "BITTEN configuration" });

/** Every setting, with its default filled in. */
export type Config = Static<typeof ConfigSchema>;

/** One thing wrong with the configuration. */
export interface ConfigFault {
  /** Dotted path, or the environment variable's name. */
  readonly path: string;
  /** What is wrong, what is allowed, and what was there. */
  readonly message: string;
}

/** A whole configuration, or everything that is wrong with it. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly overrides: readonly string[] }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/**
 * Reads a configuration: text of a JSONC file (or null for none), then `BITTEN_…` variables over it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readConfig } from "./config.ts";
 *
 * const result = readConfig(`{ "http": { "port": 99999 }, "speling": 1 }`, () => undefined);
 *
 * assert.equal(result.ok, false);
 * if (!result.ok) assert.deepEqual(result.faults.map((fault) => fault.path), ["speling", "http.port"]);
 * ```
 */
export function readConfig(text: string | null, env: (name: string) => string | undefined): ConfigResult {
  const parsed = parseText(text ?? "{}");
  if (!parsed.ok) return parsed;
  const raw = Value.Default(ConfigSchema, parsed.value) as Record<string, unknown>;
  const { overrides, faults } = applyEnvironment(raw, env);
  const all = [...faults, ...schemaFaults(raw)];
  const config = raw as unknown as Config;
  if (all.length === 0) all.push(...crossFaults(config));
  return all.length > 0 ? { ok: false, faults: all } : { ok: true, config, overrides };
}

function parseText(text: string): { ok: true; value: unknown } | { ok: false; faults: ConfigFault[] } {
  const errors: ParseError[] = [];
  const value = parse(text, errors, { allowTrailingComma: true }) as unknown;
  if (errors.length > 0) {
    const faults = errors.map((error) => ({
      path: `line ${text.slice(0, error.offset).split("\n").length}`,
      message: `Cannot read the file as JSON with comments: ${printParseErrorCode(error.error)}`,
    }));
    return { ok: false, faults };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, faults: [{ path: "", message: "Cannot use the file as it must hold one object" }] };
  }
  return { ok: true, value };
}

function schemaFaults(raw: unknown): ConfigFault[] {
  const faults = new Map<string, ConfigFault>();
  for (const error of Value.Errors(ConfigSchema, raw)) {
    const path = error.path.slice(1).replaceAll("/", ".");
    // A missing value under a wrong section repeats the section's own fault.
    if (!faults.has(path)) {
      faults.set(path, { path, message: describe(error.schema, error.value, error.message) });
    }
  }
  return [...faults.values()];
}

function describe(schema: TSchema, value: unknown, message: string): string {
  const shown = JSON.stringify(value) ?? String(value);
  if (message === "Unexpected property") return "No setting of this name exists";
  return `Must be ${allowed(schema)}: current value is ${shown}`;
}

function allowed(schema: TSchema): string {
  if (Array.isArray(schema["anyOf"])) return (schema["anyOf"] as TSchema[]).map(allowed).join(" or ");
  if (schema["const"] !== undefined) return JSON.stringify(schema["const"]);
  const kind = KINDS[schema["type"] as string] ?? "something else";
  if (schema["minimum"] !== undefined) return `${kind} from ${schema["minimum"]} to ${schema["maximum"]}`;
  if (schema["minLength"] !== undefined) return `${kind} of at least ${schema["minLength"]} characters`;
  return kind;
}

const KINDS: Readonly<Record<string, string>> = {
  integer: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  null: "null",
};

/** One setting: where it lives, what may stand there, and its environment variable. */
export interface Setting {
  readonly path: readonly string[];
  readonly schema: TSchema;
  /** Null: cannot be given by the environment. */
  readonly env: string | null;
}

/** Every setting of the schema, in its order. */
export function settings(schema: TObject = ConfigSchema, path: readonly string[] = []): readonly Setting[] {
  return Object.entries(schema.properties).flatMap(([name, child]) => {
    const here = [...path, name];
    if (child["type"] === "object" && child["properties"] !== undefined) {
      return settings(child as TObject, here);
    }
    const env: string | null | undefined = child["env"];
    return [{ path: here, schema: child, env: env === undefined ? envName(here) : env }];
  });
}

function envName(path: readonly string[]): string {
  const snake = path.map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase());
  return `BITTEN_${snake.join("_")}`;
}

function applyEnvironment(raw: Record<string, unknown>, env: (name: string) => string | undefined) {
  const overrides: string[] = [];
  const faults: ConfigFault[] = [];
  for (const setting of settings()) {
    const text = setting.env === null ? undefined : env(setting.env);
    if (text === undefined) continue;
    const value = fromText(setting.schema, text);
    if (!Value.Check(setting.schema, value)) {
      faults.push({ path: setting.env!, message: describe(setting.schema, value, "") });
    } else if (assign(raw, setting.path, value)) overrides.push(setting.env!);
  }
  return { overrides, faults };
}

function fromText(schema: TSchema, text: string): unknown {
  if (Array.isArray(schema["anyOf"])) {
    const readings = (schema["anyOf"] as TSchema[]).map((one) => [one, fromText(one, text)] as const);
    const [, value] = readings.find(([one, reading]) => Value.Check(one, reading)) ?? [schema, text];
    return value;
  }
  if (schema["type"] === "null") return text === "null" ? null : text;
  if (schema["type"] === "array") {
    return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  }
  if (schema["type"] === "boolean") return text === "true" ? true : text === "false" ? false : text;
  const isNumber = schema["type"] === "integer" || schema["type"] === "number";
  return isNumber && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function assign(raw: Record<string, unknown>, path: readonly string[], value: unknown): boolean {
  let at = raw;
  for (const part of path.slice(0, -1)) {
    const next = at[part];
    if (typeof next !== "object" || next === null) return false;
    at = next as Record<string, unknown>;
  }
  at[path.at(-1)!] = value;
  return true;
}

/** Is this address of the machine itself? */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Is the market clock a rehearsal's? */
export function isRehearsal(config: Config): boolean {
  return config.clock.speed !== 1 || config.clock.startAt !== null;
}

function crossFaults(config: Config): ConfigFault[] {
  const faults: ConfigFault[] = [];
  if (!isLoopback(config.gateways.host)) {
    faults.push({
      path: "gateways.host",
      message:
        `Must be a loopback address as generation-2 EAs cannot authenticate: current value is "${config.gateways.host}"`,
    });
  }
  if (isRehearsal(config) && !isLoopback(config.http.host)) {
    faults.push({
      path: "http.host",
      message: "Must be a loopback address while the clock is a rehearsal's",
    });
  }
  if (config.clock.startAt !== null && !Number.isFinite(Date.parse(config.clock.startAt))) {
    faults.push({
      path: "clock.startAt",
      message: `Must be an ISO 8601 time: current value is "${config.clock.startAt}"`,
    });
  }
  return [...faults, ...samePorts(config)];
}

function samePorts(config: Config): ConfigFault[] {
  const seen = new Map<number, string>();
  const faults: ConfigFault[] = [];
  for (const { path } of settings().filter(({ path }) => /[pP]ort$/.test(path.at(-1)!))) {
    const value = path.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], config) as number;
    const name = path.join(".");
    const other = seen.get(value);
    if (value !== 0 && other !== undefined) {
      faults.push({ path: name, message: `Must differ from ${other}: both are ${value}` });
    }
    seen.set(value, name);
  }
  return faults;
}
