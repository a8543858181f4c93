/**
 * The runtime's README: it leaves nobody in the dark about a file, or about a case that is met in another form.
 *
 * @module
 */
import assert from "node:assert/strict";

const RUNTIME = new URL("../../runtime/", import.meta.url);
const readme = await Deno.readTextFile(new URL("README.md", RUNTIME));

Deno.test("the README says of every file of the runtime what it is for, and of none that is not there", async () => {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(RUNTIME)) {
    if (name.endsWith(".ts") && name !== "mod.ts") files.push(name);
  }
  const told = readme.slice(readme.indexOf("## Where things are")).matchAll(/`([a-z_]+\.ts)`/g);

  assert.deepEqual([...told].map(([, name]) => name).toSorted(), files.toSorted());
});

Deno.test("the README gives every way it differs from OTP with what OTP does, and why", () => {
  const differences = readme.slice(
    readme.indexOf("## Where it differs from OTP"),
    readme.indexOf("## Where things are"),
  );
  const lines = differences.split(/\n(?=- )/).filter((line) => line.startsWith("- "));

  assert.ok(lines.length > 0);
  const form = /^- _\d+(, \d+)*_: [\s\S]+ OTP:\s[\s\S]+ Why:\s[\s\S]+/;
  assert.deepEqual(lines.filter((line) => !form.test(line.replaceAll(/\s+/g, " "))), []);
});
