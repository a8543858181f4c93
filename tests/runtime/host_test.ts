/**
 * The machine: asked for time, turns and timers in one file alone, so that a simulation can stand in for it.
 *
 * @module
 */
import assert from "node:assert/strict";

const RUNTIME = new URL("../../runtime/", import.meta.url);

/** What only `host.ts` may use; chance may be drawn from a seed alone. */
const MACHINE =
  /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|setImmediate|queueMicrotask|performance|crypto|process|Deno\.|node:)/;

/** A file's code, without its comments. */
async function codeOf(name: string): Promise<string> {
  const text = await Deno.readTextFile(new URL(name, RUNTIME));
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
}

async function sources(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(RUNTIME)) if (name.endsWith(".ts")) names.push(name);
  return names.toSorted();
}

Deno.test("the machine is asked for time, turns and timers in host.ts alone, and nobody draws by chance", async () => {
  const askers: string[] = [];
  for (const name of await sources()) {
    const used = MACHINE.exec(await codeOf(name))?.[0];
    if (used !== undefined) askers.push(name);
  }

  assert.deepEqual(askers, ["host.ts"]);
});

Deno.test("the runtime imports nothing but itself", async () => {
  const outside: string[] = [];
  for (const name of await sources()) {
    for (const [, from] of (await codeOf(name)).matchAll(/\bfrom "([^"]+)"/g)) {
      if (!/^\.\/[a-z_]+\.ts$/.test(from as string)) outside.push(`${name}: ${from}`);
    }
  }

  assert.deepEqual(outside, []);
});
