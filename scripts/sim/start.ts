/**
 * Starts a simulated EA: its prices, its paper broker, its three sockets, and the loop that drives them.
 *
 * @module
 */
import { peers as realPeers } from "../../edges/zmq.ts";
import { seededRandom } from "../../runtime/random.ts";
import type { Account } from "./account.ts";
import { Ea } from "./ea.ts";
import { setupOf, type SimEaOptions, type SimEaSetup, type SimEvent } from "./options.ts";
import { type BrokerState, PaperBroker } from "./paper_broker.ts";
import type { PriceSource } from "./prices.ts";
import { Running } from "./running.ts";
import { EaSockets } from "./sockets.ts";
import { pricesFor } from "./source.ts";
import { loadState, saveState } from "./state.ts";
import type { Outgoing, Writer } from "./writer.ts";

export type { SimEaOptions, SimEvent } from "./options.ts";

/** What a simulated EA has done since it started. */
export interface SimEaStats {
  /** Messages sent, by channel. */
  readonly sent: Readonly<Record<Outgoing["channel"], number>>;
  /** Events heard, by kind. */
  readonly events: Readonly<Partial<Record<SimEvent["kind"], number>>>;
  readonly positions: BrokerState["positions"];
  readonly account: Account;
  /** Frames of 5555 that wait for a chart tick. */
  readonly waitingFrames: number;
  /** Market ms between its clock and what it has lived through. */
  readonly behindMs: number;
}

/** A simulated EA at work. */
export interface SimEa {
  /** Lives through everything due by its clock; only needed with `manual`. */
  pump(): Promise<void>;
  /** Says DISCONNECT, closes the sockets, keeps the state. May be called twice. */
  stop(): Promise<void>;
  stats(): SimEaStats;
}

/**
 * Starts a simulated EA.
 *
 * @throws {Error} (as rejection) when an option is out of its range or a recording cannot be read
 */
export async function startSimEa(options: SimEaOptions): Promise<SimEa> {
  const nowMs = options.clock.nowMs();
  const kept = options.stateFile === undefined ? null : await loadState(options.stateFile);
  const { source, watched } = await pricesFor(options, Math.min(kept?.savedAtMs ?? nowMs, nowMs));
  const setup = setupOf(options, watched);
  const events: Partial<Record<SimEvent["kind"], number>> = {};
  const hear = (event: SimEvent) => {
    events[event.kind] = (events[event.kind] ?? 0) + 1;
    setup.onEvent(event);
  };
  const broker = brokerOf(setup, source, kept?.broker);
  const writer = writerOf(setup, nowMs);
  const ea = new Ea(eaSetupOf(setup, writer, hear), broker, nowMs);
  const sockets = new EaSockets(options.peers ?? realPeers, setup, setup.uuid);
  const keep = keeper(options.stateFile, broker);
  const running = new Running({
    ea,
    broker,
    source,
    sockets,
    clock: setup.clock,
    onBlocked: (channel) => hear({ kind: "blocked", channel }),
    onLived: (atMs) => keep(atMs, false),
  });
  sockets.listen((frames) => ea.receive(frames));
  // What the market did while nobody was there; the broker was.
  const missed = ea.absorb(await source.until(nowMs));
  await running.say([...ea.start(source.latest()), ...missed]);
  hear({ kind: "ready", uuid: setup.uuid, nodeId: writer.nodeId, symbols: writer.symbols });
  if (!setup.manual) running.go();

  const stop = async () => {
    await running.end();
    for (const message of ea.stop()) await sockets.send(message);
    await sockets.close();
    await source.close();
    keep(setup.clock.nowMs() - running.behindMs, true);
    hear({ kind: "stopped" });
  };
  let stopped: Promise<void> | null = null;
  return {
    pump: () => running.pump(),
    stop: () => stopped ??= stop(),
    stats: () => ({
      sent: sockets.sent,
      events: { ...events },
      positions: broker.positions,
      account: broker.account,
      waitingFrames: ea.waitingFrames,
      behindMs: running.behindMs,
    }),
  };
}

function brokerOf(setup: SimEaSetup, source: PriceSource, state: BrokerState | undefined): PaperBroker {
  const random = seededRandom(setup.seed ^ setup.account);
  const options = {
    symbols: source.symbols,
    balance: setup.balance,
    currency: setup.currency,
    leverage: setup.leverage,
    commissionPerLot: setup.commission,
    stopOutLevelPercent: setup.stopOutLevel,
    slippagePointsMax: setup.slippagePoints,
    random: () => random.next(),
    reject: (nth: number) => setup.rejects[nth] ?? null,
  };
  return new PaperBroker(options, state);
}

function writerOf(setup: SimEaSetup, nowMs: number): Writer {
  return {
    uuid: setup.uuid,
    nodeId: `NODE_${setup.account}_${Math.floor(nowMs) % 2 ** 32}`,
    account: setup.account,
    server: setup.server,
    company: setup.company,
    currency: setup.currency,
    leverage: setup.leverage,
    version: setup.variant === "v2.05" ? "2.05" : "2.06H",
    symbols: setup.symbols.map((symbol) => symbol + setup.suffix),
    chartSymbol: setup.chart + setup.suffix,
  };
}

function eaSetupOf(setup: SimEaSetup, writer: Writer, onEvent: (event: SimEvent) => void) {
  const { variant, suffix, latencyMs, utcOffsetHours } = setup;
  return { writer, variant, suffix, latencyMs, utcOffsetMs: utcOffsetHours * 3_600_000, onEvent };
}

/** Writes the state when account or positions have changed, or anyway. */
function keeper(path: string | undefined, broker: PaperBroker): (atMs: number, anyway: boolean) => void {
  let last = "";
  return (savedAtMs, anyway) => {
    if (path === undefined) return;
    const state = broker.state();
    const now = JSON.stringify(state);
    if (now === last && !anyway) return;
    last = now;
    saveState(path, { savedAtMs, broker: state });
  };
}
