/**
 * A process that loads a house: `deno run load_peer.ts '{"role":…}'`, started by the bench.
 *
 * @module
 */
import { clockOf } from "../../../scripts/sim/clock.ts";
import { flood } from "./flood_peer.ts";
import { ping } from "./ping_peer.ts";
import type { PeerRole } from "./peer_role.ts";
import { openMicros } from "./machine.ts";
import { TextLineStream } from "./lines.ts";
import { trade } from "./trade_peer.ts";

const ROLES: Readonly<Record<string, PeerRole>> = { flood, ping, trade };

const { role, anchor, ...terms } = JSON.parse(Deno.args[0]!);
const lines = Deno.stdin.readable.pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
await ROLES[role]!({
  ...terms,
  clock: clockOf(anchor),
  micros: openMicros(),
  say: (value) => void Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(value)}\n`)),
  told: async () => {
    const { value, done } = await lines.next();
    return done === true ? null : JSON.parse(value);
  },
});
Deno.exit(0);
