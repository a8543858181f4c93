/**
 * Shows that the simulation can fail: puts known bugs into copies of the house, one at a time, and looks for the seed
 * that finds each.
 *
 * @example
 * ```sh
 * deno task sim:mutants
 * deno task sim:mutants --only "freed on FILLED"
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { parseArgs } from "node:util";
import { monotonicClock } from "../runtime/mod.ts";
import { type Mutant, MUTANTS } from "./lib/mutants.ts";
import { fromFileUrl } from "./lib/files.ts";

const USAGE = `deno task sim:mutants [options]

  --seeds N      worlds of one hour to look through for each bug (200)
  --only TEXT    only bugs whose name contains this
  --json         end with one JSON line
  --help`;

const root = fromFileUrl(new URL("..", import.meta.url));
const clock = monotonicClock();

interface Found {
  readonly name: string;
  /** Null: no seed found it. */
  readonly seed: number | null;
  readonly violation: string | null;
  readonly seconds: number;
}

/** Looks for one bug, world by world, in a copy of the house. */
async function hunt(mutant: Mutant, seeds: number): Promise<Found> {
  const folder = await Deno.makeTempDir({ prefix: "mutant" });
  try {
    await copyHouse(folder);
    await infect(folder, mutant);
    const startMs = clock.nowMs();
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "scripts/simulate.ts",
        "--seeds",
        String(seeds),
        "--first-failure",
        "--no-shrink",
      ],
      cwd: folder,
      stdout: "piped",
      stderr: "inherit",
    }).output();
    const failed = /^seed (\d+): (.*)$/m.exec(new TextDecoder().decode(stdout));
    return {
      name: mutant.name,
      seed: failed === null ? null : Number(failed[1]),
      violation: failed?.[2] ?? null,
      seconds: Math.round((clock.nowMs() - startMs) / 100) / 10,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Everything that git knows or would take in, and the installed packages by a link. */
async function copyHouse(folder: string): Promise<void> {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: root,
    stdout: "piped",
  }).output();
  for (const path of new TextDecoder().decode(stdout).split("\0")) {
    if (!/\.(ts|json|lock)$/.test(path)) continue;
    const to = `${folder}/${path}`;
    await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    await Deno.copyFile(root + path, to);
  }
  await Deno.symlink(`${root}node_modules`, `${folder}/node_modules`);
}

async function infect(folder: string, { name, file, from, to }: Mutant): Promise<void> {
  const path = `${folder}/${file}`;
  const text = await Deno.readTextFile(path);
  if (text.split(from).length !== 2) {
    throw new Error(`Cannot put in "${name}" as ${file} must hold its text once: it has changed`);
  }
  await Deno.writeTextFile(path, text.replace(from, () => to));
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      seeds: { type: "string", default: "200" },
      only: { type: "string", default: "" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    strict: true,
  });
  if (values.help) {
    console.log(USAGE);
    return true;
  }
  const found: Found[] = [];
  for (const mutant of MUTANTS.filter(({ name }) => name.includes(values.only))) {
    const one = await hunt(mutant, Number(values.seeds));
    found.push(one);
    console.log(
      one.seed === null
        ? `NOT FOUND  ${one.name} (${one.seconds} s)`
        : `seed ${one.seed}, ${one.seconds} s  ${one.name}\n    ${one.violation}`,
    );
  }
  if (values.json) console.log(JSON.stringify(found));
  return found.every(({ seed }) => seed !== null);
}

if (import.meta.main && !await main()) Deno.exit(1);
