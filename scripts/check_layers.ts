/**
 * Checks the direction of imports, and that nothing outside `runtime/` and `edges/` reaches for the machine's time,
 * chance or timers.
 *
 * For imports it reads the module graph of `deno info`, for the rest the tokens of every file: a text search is fooled
 * by doc examples. Every file of the house is a root, so that a file nobody reaches is found too.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { fromFileUrl, relativePath, walk } from "./lib/files.ts";
import { realityFaults } from "./lib/reality.ts";

/** What each room may import: other rooms, and packages by their alias. */
interface Room {
  readonly rooms: readonly string[];
  /** `"*"`: any package. */
  readonly packages: readonly string[] | "*";
}

const ROOMS: Readonly<Record<string, Room>> = {
  protocols: { rooms: ["protocols"], packages: ["@sinclair/typebox"] },
  runtime: { rooms: ["runtime"], packages: [] },
  domain: { rooms: ["domain", "protocols"], packages: ["trading-signals"] },
  actors: { rooms: ["actors", "domain", "runtime", "protocols"], packages: [] },
  edges: {
    rooms: ["edges", "protocols", "runtime"],
    packages: ["zeromq", "@hono/hono", "grammy", "cockatiel", "nanoid", "node:*"],
  },
  "config.ts": {
    rooms: ["protocols", "config.ts"],
    packages: ["@sinclair/typebox", "jsonc-parser"],
  },
  "supervisor.ts": { rooms: ["*"], packages: "*" },
  tests: { rooms: ["*"], packages: "*" },
  scripts: { rooms: ["*"], packages: "*" },
};

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

const root = fromFileUrl(new URL("..", import.meta.url));

async function graphOf(files: readonly string[]): Promise<Graph> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      entry,
      files.map((file) => `import ${JSON.stringify("file://" + file)};\n`).join(""),
    );
    const { stdout, code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", `${root}deno.json`, entry],
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout)) as Graph;
  } finally {
    await Deno.remove(entry);
  }
}

function roomOf(path: string): string {
  return path.split("/")[0]!;
}

function mayUsePackage(room: Room, specifier: string): boolean {
  if (room.packages === "*") return true;
  return room.packages.some((allowed) =>
    allowed.endsWith("*")
      ? specifier.startsWith(allowed.slice(0, -1))
      : specifier === allowed || specifier.startsWith(`${allowed}/`)
  );
}

function importFaults(path: string, target: string | undefined, specifier: string): string[] {
  const name = roomOf(path);
  const room = ROOMS[name];
  if (room === undefined) return [`${path}: lies in no room of the house`];
  if (target?.startsWith("file://") === true) {
    const to = roomOf(relativePath(root, fromFileUrl(new URL(target))));
    const allowed = room.rooms.includes("*") || room.rooms.includes(to);
    return allowed ? [] : [`${path}: ${name} may not import ${to} (${specifier})`];
  }
  return mayUsePackage(room, specifier) ? [] : [`${path}: ${name} may not import the package ${specifier}`];
}

/** Code that is no `.ts` file is seen by nobody here. */
const STRAY = /\.(?:[cm]?jsx?|[cm]ts|tsx)$/;

const everything = await walk(root, Object.keys(ROOMS), "");
const files = everything.filter((path) => path.endsWith(".ts"));
const graph = await graphOf(files.map((file) => root + file));
const strays = everything.filter((path) => STRAY.test(path));
const faults = new Set(
  strays.map((path) => `${path}: is no .ts file: write it as one, so that it is checked`),
);
for (const module of graph.modules) {
  if (!module.specifier.startsWith(`file://${root}`)) continue;
  const path = relativePath(root, fromFileUrl(new URL(module.specifier)));
  if (path.startsWith("node_modules/")) continue;
  if (module.error !== undefined) faults.add(`${path}: ${module.error}`);
  for (const dependency of module.dependencies ?? []) {
    const target = dependency.code?.specifier ?? dependency.type?.specifier;
    for (const fault of importFaults(path, target, dependency.specifier)) faults.add(fault);
  }
}
const texts = files.map(async (path) => ({ path, text: await Deno.readTextFile(root + path) }));
for (const fault of realityFaults(await Promise.all(texts))) faults.add(fault);

for (const fault of [...faults].sort()) console.error(fault);
console.log(`layers: ${files.length} files, ${faults.size} faults`);
if (faults.size > 0) Deno.exit(1);
