/**
 * Checks the direction of imports and that no room reaches for the host's time, chance or timers.
 *
 * It reads the module graph of `deno info`, not the text: a text search is fooled by imports inside doc
 * examples. Every file of the house is a root, so that a file nobody reaches is found too.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { fromFileUrl, relativePath, walk } from "./lib/files.ts";

/** What each room may import: other rooms, and packages by their alias. */
interface Room {
  readonly rooms: readonly string[];
  /** `"*"`: any package. */
  readonly packages: readonly string[] | "*";
  /** Host globals that are the business of `runtime/` and `edges/` alone. */
  readonly ambient: boolean;
}

const ROOMS: Readonly<Record<string, Room>> = {
  protocols: { rooms: ["protocols"], packages: ["@sinclair/typebox"], ambient: false },
  runtime: { rooms: ["runtime"], packages: [], ambient: true },
  domain: { rooms: ["domain", "protocols"], packages: ["trading-signals"], ambient: false },
  actors: { rooms: ["actors", "domain", "runtime", "protocols"], packages: [], ambient: false },
  edges: {
    rooms: ["edges", "protocols", "runtime"],
    packages: ["zeromq", "@hono/hono", "grammy", "cockatiel", "nanoid", "node:*"],
    ambient: true,
  },
  "config.ts": {
    rooms: ["protocols", "config.ts"],
    packages: ["@sinclair/typebox", "jsonc-parser"],
    ambient: false,
  },
  "supervisor.ts": { rooms: ["*"], packages: "*", ambient: true },
  tests: { rooms: ["*"], packages: "*", ambient: true },
  scripts: { rooms: ["*"], packages: "*", ambient: true },
};

const AMBIENT =
  /\b(Date\.now\(|new Date\(\)|Math\.random\(|setTimeout\(|setInterval\(|setImmediate\(|queueMicrotask\(|performance\.now\(|crypto\.randomUUID\(|Deno\.)/;

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

/** Blanks comments and strings, keeping line numbers, so that words about the host are not taken for its use. */
function codeOnly(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, " ");
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, blank);
}

async function ambientFaults(path: string): Promise<string[]> {
  const room = ROOMS[roomOf(path)];
  if (room === undefined || room.ambient) return [];
  const lines = codeOnly(await Deno.readTextFile(root + path)).split("\n");
  return lines.flatMap((line, index) => {
    const found = AMBIENT.exec(line);
    return found === null ? [] : [`${path}:${index + 1}: ${found[1]} belongs to runtime/ and edges/`];
  });
}

const files = await walk(root, [...Object.keys(ROOMS)], ".ts");
const graph = await graphOf(files.map((file) => root + file));
const faults = new Set<string>();
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
for (const file of files) for (const fault of await ambientFaults(file)) faults.add(fault);

for (const fault of [...faults].sort()) console.error(fault);
console.log(`layers: ${files.length} files, ${faults.size} faults`);
if (faults.size > 0) Deno.exit(1);
