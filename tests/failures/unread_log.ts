/**
 * A server whose log nobody reads: it says more than the pipe holds, and tells on standard output whether it lives.
 *
 * @module
 */
import { readConfig } from "../../config.ts";
import type { HttpPorts } from "../../protocols/http.ts";
import { runHouse } from "../../scripts/lib/run_house.ts";

const LINES = 4_000;
const LINE = "a line of the log ".repeat(12);

async function main(dataDir: string): Promise<void> {
  const names = ["command", "telemetry", "signal", "signalTopic", "confirm", "relay", "relayTopic"];
  const gateways = Object.fromEntries(names.map((name) => [`${name}Port`, 0]));
  const read = readConfig(
    JSON.stringify({ dataDir, gateways, http: { port: 0, adminPort: 0 } }),
    () => undefined,
  );
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const house = await runHouse({ config: read.config });
  const { public: port } = await house.at.http.ask<HttpPorts>((reply) => ({ kind: "ports", reply }));
  for (let line = 0; line < LINES; line++) house.log.warn(LINE, { line });
  const health = await (await fetch(`http://127.0.0.1:${port}/healthz`)).json();
  tell(`answers ${health.status}`);
  await house.stop("nobody reads");
  tell("stopped");
  Deno.exit(0);
}

function tell(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

if (import.meta.main) await main(Deno.args[0]!);
