/**
 * The server as a program: configuration, clock, edges, tree, and a clean stop on SIGINT and SIGTERM.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { parseArgs } from "node:util";
import { type Config, readConfig } from "../config.ts";
import { runHouse, type RunningHouse } from "./lib/run_house.ts";

const HELP = `deno task start [--config FILE]

  --config FILE   default: bitten.config.jsonc where there is one, else the defaults
Every setting can be given by a BITTEN_… variable; bitten.config.example.jsonc lists them.`;

/**
 * Lets an uncaught error be printed: without this the process is torn down with native sockets open, which crashes
 * before anything reaches the terminal.
 */
export function dieAloud(): void {
  const die = (reason: unknown) => {
    console.error("Uncaught:", reason);
    Deno.exit(70);
  };
  addEventListener("error", (event) => die(event.error));
  addEventListener("unhandledrejection", (event) => die(event.reason));
}

/** Runs the server until it is told to stop. */
export async function main(args: readonly string[] = Deno.args): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { config: { type: "string" }, help: { type: "boolean", default: false } },
  });
  if (values.help) return console.log(HELP);
  dieAloud();
  const config = loadConfig(values.config);
  if (config === null) Deno.exit(2);
  const house = await runHouse({ config }).catch((error) => {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  });
  await untilTold(house);
}

/** The configuration, or null after every fault has been told. */
export function loadConfig(path: string | undefined): Config | null {
  const text = readText(path);
  const result = readConfig(text, (name) => Deno.env.get(name));
  if (result.ok) return result.config;
  console.error(`Cannot use the configuration ${path ?? (text === null ? "" : DEFAULT_PATH)}:`);
  for (const fault of result.faults) console.error(`  ${fault.path}: ${fault.message}`);
  return null;
}

const DEFAULT_PATH = "bitten.config.jsonc";

function readText(path: string | undefined): string | null {
  try {
    return Deno.readTextFileSync(path ?? DEFAULT_PATH);
  } catch (error) {
    if (path === undefined && error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Stops on the first signal; a second one does not wait. */
async function untilTold(house: RunningHouse): Promise<void> {
  const { promise: told, resolve } = Promise.withResolvers<string>();
  let signals = 0;
  const onSignal = (name: string) => () => {
    if (++signals > 1) Deno.exit(130);
    resolve(name);
  };
  Deno.addSignalListener("SIGINT", onSignal("SIGINT"));
  Deno.addSignalListener("SIGTERM", onSignal("SIGTERM"));
  const why = await Promise.race([told, house.system.ended.then(() => "the tree gave up")]);
  await house.stop(why);
  // Native sockets are closed by now; leaving at once skips a tear-down that may crash.
  Deno.exit(why === "the tree gave up" ? 1 : 0);
}
