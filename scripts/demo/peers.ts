/**
 * The demo's simulated EAs: three processes, each on its own chart, each for one user.
 *
 * @module
 */
import type { Tier } from "../../protocols/user.ts";
import type { ClockAnchor } from "../../runtime/mod.ts";
import type { Recording } from "../sim/recorded.ts";

/** A user of the demo and his EA. */
export interface Trader {
  readonly userId: string;
  readonly tier: Tier;
  readonly mode: "AUTO" | "SELECT";
  readonly uuid: string;
  readonly variant: "v2.05" | "v2.06H";
  readonly account: number;
  readonly balance: number;
  readonly suffix: string;
}

/** Two users on auto and one who fires by hand; two EAs of v2.05, one of v2.06H; one broker with a suffix. */
export const TRADERS: readonly Trader[] = [
  {
    userId: "alpha",
    tier: "COMMANDER",
    mode: "AUTO",
    uuid: "demo_alpha_ea_001",
    variant: "v2.06H",
    account: 1_000_001,
    balance: 10_000,
    suffix: "",
  },
  {
    userId: "bravo",
    tier: "COMMANDER",
    mode: "AUTO",
    uuid: "demo_bravo_ea_001",
    variant: "v2.05",
    account: 1_000_002,
    balance: 25_000,
    suffix: ".r",
  },
  {
    userId: "charlie",
    tier: "FANG",
    mode: "SELECT",
    uuid: "demo_charlie_ea_1",
    variant: "v2.05",
    account: 1_000_003,
    balance: 5_000,
    suffix: "",
  },
];

/** Where the EAs find the server, and which market they live in. */
export interface PeerTerms {
  readonly ports: { readonly command: number; readonly telemetry: number; readonly confirm: number };
  readonly anchor: ClockAnchor;
  readonly symbols: readonly string[];
  readonly seed: number;
  readonly epochMs: number;
  readonly recordings: readonly Recording[];
}

/** Starts one EA in a process of its own; it ends when its standard input does. */
export function startPeer(trader: Trader, chart: string, terms: PeerTerms): Deno.ChildProcess {
  const script = new URL("../sim_ea.ts", import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...argumentsOf(trader, chart, terms)],
    stdin: "piped",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
}

function argumentsOf(trader: Trader, chart: string, terms: PeerTerms): string[] {
  const { anchor, ports } = terms;
  const data = terms.recordings.flatMap(({ symbol, path }) => ["--data", `${symbol}=${path}`]);
  return [
    ...["--uuid", trader.uuid, "--account", String(trader.account), "--balance", String(trader.balance)],
    ...["--variant", trader.variant, "--suffix", trader.suffix, "--symbols", terms.symbols.join(",")],
    ...["--chart", chart, "--seed", String(terms.seed), "--epoch-ms", String(terms.epochMs)],
    ...["--command-port", String(ports.command), "--telemetry-port", String(ports.telemetry)],
    ...["--confirm-port", String(ports.confirm), "--clock-wall-ms", String(anchor.wallMs)],
    ...["--clock-market-ms", String(anchor.marketMs), "--clock-speed", String(anchor.speed)],
    ...["--clock-skips", JSON.stringify(anchor.skips), "--quiet", "--parent-stdin", ...data],
  ];
}
