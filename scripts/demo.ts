/**
 * The demo: the server and three simulated EAs over real sockets, in a temporary folder, on a scaled clock.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { HELP, readOptions } from "./demo/options.ts";
import { runDemo } from "./demo/run.ts";
import { dieAloud } from "./start.ts";

dieAloud();

const options = readOptions(Deno.args);
if (options === null) console.log(HELP);
else Deno.exit(await runDemo(options));
