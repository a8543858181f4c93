/**
 * Writes `bitten.schema.json` and `bitten.config.example.jsonc` from the schema in `config.ts`.
 *
 * @module
 */
import { ConfigSchema, type Setting, settings } from "../config.ts";

function exampleLines(all: readonly Setting[]): string[] {
  const lines = ["{", '  "$schema": "./bitten.schema.json",'];
  let section: string | undefined;
  for (const { path, schema, env } of all.filter(({ path }) => path[0] !== "$schema")) {
    const [first, second] = path;
    if (section !== undefined && (second === undefined || first !== section)) lines.push("  },");
    if (second !== undefined && first !== section) lines.push(`  "${first}": {`);
    section = second === undefined ? undefined : first;
    const indent = second === undefined ? "  " : "    ";
    lines.push(`${indent}// ${schema.description}${env === null ? "" : ` (${env})`}`);
    lines.push(`${indent}"${second ?? first}": ${JSON.stringify(schema.default)},`);
  }
  return [...lines, "  },", "}"];
}

const root = new URL("../", import.meta.url);
await Deno.writeTextFile(new URL("bitten.schema.json", root), JSON.stringify(ConfigSchema, null, 2) + "\n");
await Deno.writeTextFile(
  new URL("bitten.config.example.jsonc", root),
  exampleLines(settings()).join("\n") + "\n",
);
