/**
 * Recorded failure of the log: a writer that blocks must not stop the trading.
 *
 * @module
 */
import assert from "node:assert/strict";

const SERVER = new URL("unread_log.ts", import.meta.url).pathname;
const PATIENCE_MS = 15_000;

Deno.test("F42: a log that nobody reads, with its pipe full, stops neither the server's answers nor its stop", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "bitten-unread-" });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", SERVER, dataDir],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  try {
    const said = await new Response(child.stdout).text();
    const { code } = await child.status;

    assert.deepEqual([said, code], ["answers ok\nstopped\n", 0]);
  } finally {
    clearTimeout(timer);
    await child.stderr.cancel();
    await Deno.remove(dataDir, { recursive: true });
  }
});
