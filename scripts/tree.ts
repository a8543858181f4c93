/**
 * Prints the living supervision tree of a running server.
 *
 * @example
 * ```sh
 * deno task tree --watch
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { parseArgs } from "node:util";
import { startTimer, wallMs } from "../runtime/host.ts";
import { wrap } from "./lib/columns.ts";
import { totalText, type TreeCut } from "./lib/tree_rows.ts";
import { addressOf, askTree, type TreeAddress, type TreeAnswer } from "./lib/tree_source.ts";
import { treeText } from "./lib/tree_text.ts";
import { loadConfig } from "./start.ts";

const HELP = `deno task tree [options]

  --watch [SECONDS]  draw again every SECONDS (2) until Ctrl-C
  --depth N          levels below the root; deeper ones are summed up (all)
  --children N       children shown of one dynamic supervisor, the worst first; the others are summed up (20)
  --json             the tree as the server tells it; with --watch one line each time
  --config FILE      the server's configuration (bitten.config.jsonc where there is one)
  --url URL          the server's admin port instead (http://127.0.0.1:8899)
  --token TOKEN      its token instead; better given by BITTEN_ADMIN_TOKEN, which nobody sees in a list of processes

Address and token are looked up as the server does: configuration file, then BITTEN_… variables.
Exit code 1: no tree; 2: the options or the configuration cannot be used.`;

/** What the command line says. */
export interface TreeOptions extends TreeCut {
  /** Wall ms between two drawings; null: draw once. */
  readonly watchMs: number | null;
  readonly json: boolean;
  readonly config: string | undefined;
  readonly url: string | undefined;
  readonly token: string | undefined;
}

/**
 * Reads the command line; null when help was asked for.
 *
 * @throws {Error} when an option is unknown or out of its range
 */
export function treeOptions(args: readonly string[]): TreeOptions | null {
  const { values } = parseArgs({
    args: withSeconds(args),
    options: {
      watch: { type: "string" },
      depth: { type: "string", default: "100" },
      children: { type: "string", default: "20" },
      json: { type: "boolean", default: false },
      config: { type: "string" },
      url: { type: "string" },
      token: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  return {
    watchMs: values.watch === undefined ? null : number("watch", values.watch, 0.1, 86_400) * 1_000,
    depth: Math.floor(number("depth", values.depth, 0, 100)),
    children: Math.floor(number("children", values.children, 0, 1_000_000)),
    json: values.json,
    config: values.config,
    url: values.url,
    token: values.token,
  };
}

/** `--watch` alone means every two seconds. */
function withSeconds(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    const hasNumber = /^[\d.]+$/.test(args[index + 1] ?? "");
    return arg === "--watch" && !hasNumber ? ["--watch=2"] : [arg];
  });
}

function number(name: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= minimum && value <= maximum) return value;
  throw new Error(
    `Cannot use --${name} as it must be from ${minimum} to ${maximum}: current value is ${text}`,
  );
}

/** Prints the tree, once or again and again, and answers the exit code. */
export async function main(args: readonly string[] = Deno.args): Promise<number> {
  let options: TreeOptions | null;
  let address: TreeAddress | string | null;
  try {
    options = treeOptions(args);
    if (options === null) return print(HELP, 0);
    address = lookUp(options);
  } catch (error) {
    return complain(error instanceof Error ? error.message : String(error), 2);
  }
  // What is wrong with the configuration has been told.
  if (address === null) return 2;
  if (typeof address === "string") return complain(address, 1);
  const first = await ask(address);
  if (!first.ok) return complain(first.message, 1);
  if (options.watchMs !== null) return await watch(options, options.watchMs, address, first);
  return print(options.json ? JSON.stringify(first.json, null, 2) : drawn(first, options, address), 0);
}

function lookUp(options: TreeOptions): TreeAddress | string | null {
  const isTold = options.url !== undefined && options.token !== undefined;
  const config = isTold ? null : loadConfig(options.config);
  return config === null && !isTold ? null : addressOf(config, options);
}

function print(text: string, code: number): number {
  console.log(text);
  return code;
}

function complain(text: string, code: number): number {
  console.error(text);
  return code;
}

function ask(address: TreeAddress): Promise<TreeAnswer> {
  return askTree(address, { fetch, after: startTimer });
}

function drawn(answer: TreeAnswer, options: TreeOptions, { origin }: TreeAddress): string {
  const isTerminal = Deno.stdout.isTerminal();
  const width = isTerminal ? Deno.consoleSize().columns : null;
  if (!answer.ok) return wrap(answer.message, width ?? Infinity);
  const text = treeText(answer.roots, { ...options, width, colour: isTerminal && !Deno.noColor });
  return `${wrap(`${origin}  ${totalText(answer.roots)}`, width ?? Infinity)}\n\n${text}`;
}

/** Draws until Ctrl-C. A server that goes away is waited for: it may be restarting. */
async function watch(
  options: TreeOptions,
  watchMs: number,
  address: TreeAddress,
  first: TreeAnswer,
): Promise<number> {
  const stop = Promise.withResolvers<true>();
  const onSignal = () => stop.resolve(true);
  for (const signal of SIGNALS) Deno.addSignalListener(signal, onSignal);
  const screen = !options.json && Deno.stdout.isTerminal() ? new Screen() : null;
  let answer = first;
  for (;;) {
    const text = options.json ? jsonLine(answer) : `${timeText()}\n${drawn(answer, options, address)}`;
    if (screen === null) console.log(options.json ? text : `${text}\n`);
    else screen.draw(text);
    if (await isEndedWithin(watchMs, stop.promise)) break;
    const next = await Promise.race([ask(address), stop.promise]);
    if (next === true) break;
    answer = next;
  }
  screen?.close();
  for (const signal of SIGNALS) Deno.removeSignalListener(signal, onSignal);
  return 0;
}

async function isEndedWithin(ms: number, ended: Promise<true>): Promise<boolean> {
  const pause = Promise.withResolvers<false>();
  const callOff = startTimer(ms, () => pause.resolve(false));
  const isEnded = await Promise.race([ended, pause.promise]);
  callOff();
  return isEnded;
}

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

function jsonLine(answer: TreeAnswer): string {
  return JSON.stringify(answer.ok ? answer.json : { error: answer.message });
}

function timeText(): string {
  return `${new Date(wallMs()).toISOString().slice(11, 19)} UTC`;
}

/** The terminal while it is drawn upon: no cursor, and long lines are cut at its edge instead of wrapped. */
class Screen {
  constructor() {
    write("\x1b[?25l\x1b[?7l\x1b[2J");
  }

  /** Draws over what is there: without clearing first nothing flickers. */
  draw(text: string): void {
    const { rows } = Deno.consoleSize();
    const lines = text.split("\n");
    const isCut = lines.length > rows;
    const shown = isCut ? lines.slice(0, rows - 1) : lines;
    if (isCut) shown.push(`… ${lines.length - shown.length} more lines: see --depth and --children`);
    write(`\x1b[H${shown.map((line) => `${line}\x1b[K`).join("\n")}\x1b[J`);
  }

  close(): void {
    write("\x1b[?7h\x1b[?25h\n");
  }
}

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

if (import.meta.main) Deno.exit(await main());
