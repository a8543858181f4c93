/**
 * The runtime beside other actor systems: `deno task bench:actors [--rounds n] [--only a,b] [--scenarios x,y]`.
 *
 * The comparison lives in a folder of its own (`--folder`, else `BITTEN_ACTOR_BENCH`, else `../shared/bench/actors`
 * beside the repository). It is copied before it runs, and hears of us through one adapter file. Targets are ratios
 * to Erlang's `gen_server` on one scheduler thread, measured in the same round: the machine's speed is not ours.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { machine } from "./house/machine.ts";

/** What the comparison reports of one scenario in one round. */
type Row = Readonly<Record<string, number>>;
/** Rounds by `system|scenario`. */
type Rows = Readonly<Record<string, readonly Row[]>>;

const OURS = "bitten";
/** What can be reached with no names, no monitors, no tree: it is shown beside each figure. */
const REFERENCE = "loop_sched";
const ERLANG = "erlang_gen_1";
/** A factor below this is noise on a shared machine. */
const NOISE = 1.3;

/** One promise about speed. */
interface Target {
  readonly scenario: string;
  readonly what: string;
  readonly limit: number;
  /** The limit is the least, or the most, that is allowed. */
  readonly bound: "least" | "most";
  /** A system's figure in each round; empty when it cannot be told. */
  readonly figures: (rows: Rows, system: string) => readonly number[];
}

/** Quotients of two series, round by round. */
function quotients(above: readonly Row[] = [], below: readonly Row[] = []): number[] {
  const rounds = Math.min(above.length, below.length);
  return above.slice(0, rounds).map((row, round) => row.perSec! / below[round]!.perSec!);
}

function fasterThanErlang(scenario: string, limit: number): Target {
  const figures: Target["figures"] = (rows, system) =>
    quotients(rows[`${system}|${scenario}`], rows[`${ERLANG}|${scenario}`]);
  return { scenario, what: `x ${ERLANG}`, limit, bound: "least", figures };
}

type Bound = Target["bound"];

function within(scenario: string, name: string, what: string, bound: Bound, limit: number): Target {
  const figures: Target["figures"] = (rows, system) =>
    (rows[`${system}|${scenario}`] ?? []).map((row) => row[name]!);
  return { scenario, what, limit, bound, figures };
}

const TARGETS: readonly Target[] = [
  fasterThanErlang("pingpong", 5),
  fasterThanErlang("oneway-burst", 1.2),
  fasterThanErlang("oneway-chunked", 1.2),
  fasterThanErlang("fanin", 3),
  fasterThanErlang("ask", 1.5),
  fasterThanErlang("spawn", 2),
  within("spawn", "bytes", "bytes of an idle supervised actor", "most", 600),
  fasterThanErlang("restart", 1.5),
  within("restart", "p50us", "us from crash to ready, p50", "most", 4),
  {
    scenario: "restart-wide",
    what: "x restart, all restarts in one window",
    limit: 0.9,
    bound: "least",
    figures: (rows, system) => quotients(rows[`${system}|restart-wide`], rows[`${system}|restart`]),
  },
  within("starve", "perSec", "ticks/s of a 5 ms timer under full load", "least", 100),
  within("starve", "lateMs", "ms the latest of them was late", "most", 8),
];

/** How a target came out. */
interface Verdict extends Omit<Target, "figures"> {
  /** Median over the rounds; of what may never be over its limit, the worst. */
  readonly figure: number;
  readonly least: number;
  readonly most: number;
  /** The reference's median; null when it was not measured. */
  readonly reference: number | null;
  readonly met: boolean;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function judge({ figures, ...target }: Target, rows: Rows): Verdict | null {
  const ours = figures(rows, OURS);
  if (ours.length === 0) return null;
  const [least, most] = [Math.min(...ours), Math.max(...ours)];
  const figure = target.what.startsWith("ms the latest") ? most : median(ours);
  const reference = figures(rows, REFERENCE);
  const met = target.bound === "least" ? figure >= target.limit : figure <= target.limit;
  return {
    ...target,
    figure,
    least,
    most,
    reference: reference.length === 0 ? null : median(reference),
    met,
  };
}

/** A missed ratio that the machine's noise could have missed is not told from a met one. */
function wordFor({ what, figure, limit, met }: Verdict): string {
  if (met) return "met";
  return what.startsWith("x ") && figure * NOISE >= limit ? "NOT MET, but within noise" : "NOT MET";
}

function print(verdicts: readonly Verdict[]): void {
  const cells = verdicts.map((verdict) => {
    const { scenario, what, limit, bound, figure, least, most, reference } = verdict;
    const range = `(${short(least)} to ${short(most)})`;
    const beside = reference === null ? "" : `[${REFERENCE} ${short(reference)}]`;
    const target = `${bound === "least" ? ">=" : "<="} ${limit}`;
    return [scenario, short(figure), range, what, target, wordFor(verdict), beside];
  });
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]!.length))) ?? [];
  for (const row of cells) console.log(row.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd());
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

/** The value of `--name value`, or undefined. */
function option(name: string): string | undefined {
  const place = Deno.args.indexOf(`--${name}`);
  return place < 0 ? undefined : Deno.args[place + 1];
}

function sourceFolder(): string {
  const beside = fileURLToPath(new URL("../../../shared/bench/actors", import.meta.url));
  return option("folder") ?? Deno.env.get("BITTEN_ACTOR_BENCH") ?? beside;
}

/** Copies a folder; installed packages are linked, being many and only read. */
async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (name === "node_modules") await Deno.symlink(await Deno.realPath(`${from}/${name}`), `${to}/${name}`);
    else if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.writeFile(`${to}/${name}`, await Deno.readFile(`${from}/${name}`));
  }
}

/** A copy of the comparison that knows us by name. */
async function prepare(source: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "actors_bench_" });
  await copyFolder(source, folder);
  const ours = pathToFileURL(fileURLToPath(new URL("./actors_adapter.ts", import.meta.url))).href;
  await Deno.writeTextFile(`${folder}/adapters/${OURS}.ts`, `export { default } from "${ours}";\n`);
  return folder;
}

/** True when Erlang can be compiled and run here. */
function hasErlang(): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return ["erl", "erlc"].every((tool) => folders.some((folder) => existsSync(`${folder}/${tool}`)));
}

/** Systems to measure; Erlang's only where there is an Erlang. */
function systems(): string[] {
  const wanted = (option("only") ?? `${OURS},${REFERENCE},${ERLANG}`).split(",");
  if (hasErlang() || !wanted.some((name) => name.startsWith("erlang_"))) return wanted;
  console.log("erl and erlc are not on the PATH: Erlang is left out, and so are the ratios to it.\n");
  return wanted.filter((name) => !name.startsWith("erlang_"));
}

/** Runs the comparison, which prints its tables, and answers its raw figures. */
async function compare(folder: string, only: readonly string[], rounds: string): Promise<Rows> {
  const scenarios = option("scenarios");
  const { success } = await new Deno.Command(Deno.execPath(), {
    cwd: folder,
    args: [
      "run",
      "-A",
      "run.ts",
      "--rounds",
      rounds,
      "--only",
      only.join(","),
      "--out",
      `${folder}/report.md`,
    ]
      .concat(scenarios === undefined ? [] : ["--scenarios", scenarios]),
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) {
    throw new Error(`Cannot compare actor systems as the run in ${folder} must succeed: it failed`);
  }
  return JSON.parse(await Deno.readTextFile(`${folder}/report.json`)) as Rows;
}

/** V8 compiles and collects in threads beside ours: on a busy machine they and we take each other's turns. */
function warnOfOthers(): void {
  if (Deno.loadavg()[0]! < navigator.hardwareConcurrency / 2) return;
  console.log(
    "Others keep this machine busy: spawn, restart and lateness will come out worse than they are.\n",
  );
}

/** Median of every figure, by system and scenario. */
function medians(rows: Rows): Record<string, Row> {
  return Object.fromEntries(
    Object.entries(rows).map(([key, rounds]) => {
      const names = Object.keys(rounds[0] ?? {});
      return [key, Object.fromEntries(names.map((name) => [name, median(rounds.map((row) => row[name]!))]))];
    }),
  );
}

async function main(): Promise<void> {
  const source = sourceFolder();
  if (!existsSync(`${source}/run.ts`)) {
    console.log(`There is no comparison of actor systems at ${source}: nothing was measured (see --folder).`);
    return;
  }
  const only = systems();
  const rounds = option("rounds") ?? "5";
  const where = machine();
  console.log(`${where}\n`);
  warnOfOthers();
  const folder = await prepare(source);
  try {
    const rows = await compare(folder, only, rounds);
    const targets = TARGETS.map((target) => judge(target, rows)).filter((verdict) => verdict !== null);
    print(targets);
    console.log(
      `\n${JSON.stringify({ machine: where, rounds: Number(rounds), targets, medians: medians(rows) })}`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await main();
