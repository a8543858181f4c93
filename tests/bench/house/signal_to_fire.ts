/**
 * How long it takes from a signal that a symbol's actor would commit to the fire's frame at the EA's DEALER.
 *
 * Three synced commits lie on the way: the signal, the decision with its reservation, and the word that it was sent.
 *
 * @module
 */
import type { TickRelayStatus } from "../../../protocols/market.ts";
import type { Signal } from "../../../protocols/signal.ts";
import { specOf } from "../../../domain/symbol_spec.ts";
import { signalWrites } from "../../../domain/symbol_writes.ts";
import { eaId, pips, price, signalId, symbolName, userId } from "../../../protocols/units.ts";
import type { User } from "../../../protocols/user.ts";
import type { RunningHouse } from "../../../scripts/lib/run_house.ts";
import { makeSignal } from "../../kit/signals.ts";
import { uuidOf } from "./eas.ts";
import { openMicros, type Spread, spreadOf } from "./machine.ts";
import { pause, SYMBOLS, withHouse } from "./open_house.ts";
import { PeerLink } from "./peer_link.ts";

const EAS = 20;
const SIGNALS = 250;
/** The first of them are a cold start's. */
const WARMUP = 20;
const START_MS = Date.UTC(2026, 5, 16, 10, 5, 30);
/** A fire that has not closed by then was refused. */
const ROUND_MS = 2_000;

/** Latencies in ms. */
export interface SignalToFire {
  readonly signals: number;
  /** One user with one EA. */
  readonly one: Spread;
  /** Each fire of twenty users with an EA each, and the last of each signal's twenty. */
  readonly each: Spread;
  readonly last: Spread;
  readonly users: number;
  /** Fires that did not come. */
  readonly missing: number;
}

/** Measures. */
export function signalToFire(): Promise<SignalToFire> {
  return withHouse(START_MS, async ({ house, bids, terms }) => {
    const peer = new PeerLink("trade", { ...terms, symbols: SYMBOLS, bids });
    await peer.say({ eas: EAS });
    await peer.next();
    const rounds = new Rounds(house, peer);
    await register(house, 0, 1);
    const one = await rounds.run(1);
    await register(house, 1, EAS);
    const many = await rounds.run(EAS);
    await peer.end();
    return {
      signals: SIGNALS,
      one: spreadOf(one.flat()),
      each: spreadOf(many.flat()),
      last: spreadOf(many.flatMap((round) => round.length === 0 ? [] : [Math.max(...round)])),
      users: EAS,
      missing: (SIGNALS - WARMUP) * (1 + EAS) - one.flat().length - many.flat().length,
    };
  });
}

async function register({ at }: RunningHouse, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index++) {
    const change = {
      id: userId(`bench_${index}`),
      tier: "COMMANDER",
      mode: "AUTO",
      eaIds: [eaId(uuidOf(index))],
    } as const;
    const answer = await at.desk.ask<User | { readonly error: string }>((reply) => ({
      kind: "changeUser",
      change,
      by: "bench",
      reply,
    }));
    if ("error" in answer) throw new Error(`Cannot register ${change.id}: ${answer.error}`);
  }
  await pause(200);
}

interface FireSeen {
  readonly atUs: number;
}

/** Signal after signal; the next when every fire of the last has closed. */
class Rounds {
  readonly #house: RunningHouse;
  readonly #micros = openMicros();
  #arrivedUs: number[] = [];
  #closed = 0;
  #refused = 0;
  #made = 0;

  constructor(house: RunningHouse, peer: PeerLink) {
    this.#house = house;
    void this.#listen(peer);
    const kinds = ["fireClosed", "fireRefused", "fireRejected", "decisionRefused"] as const;
    house.at.bus.tell({
      kind: "subscribe",
      subscription: {
        name: "bench",
        kinds: kinds as never,
        afterSeq: "now",
        deliver: (batch) => {
          for (const { event } of batch) {
            if (event.kind === "fireClosed") this.#closed++;
            else this.#refused++;
          }
          house.at.bus.tell({ kind: "acknowledge", name: "bench", seq: batch.at(-1)!.seq });
        },
      },
    });
  }

  /** ms from each signal to each of its fires, the warm-up left out. */
  async run(users: number): Promise<number[][]> {
    const rounds: number[][] = [];
    for (let nth = 0; nth < SIGNALS; nth++) {
      this.#arrivedUs = [];
      this.#closed = this.#refused = 0;
      const signal = await this.#signal();
      const { writes } = signalWrites(signal, "bench", 0);
      const beganUs = this.#micros();
      void this.#house.at.store.commit(writes);
      const beganMs = performance.now();
      while (this.#closed + this.#refused < users && performance.now() - beganMs < ROUND_MS) await pause(5);
      // A chart tick after the last fire: v2.05 reads one command per tick.
      await pause(30);
      if (nth >= WARMUP) rounds.push(this.#arrivedUs.map((us) => (us - beganUs) / 1_000));
    }
    return rounds;
  }

  async #listen(peer: PeerLink): Promise<void> {
    try {
      for (;;) {
        const { atUs } = await peer.next<FireSeen>();
        this.#arrivedUs.push(atUs);
      }
    } catch {
      return; // It has ended.
    }
  }

  /** A BUY at the feed's quote, stop and target far off. */
  async #signal(): Promise<Signal> {
    const { at, clock } = this.#house;
    const { feeds } = await at.tickRelay.ask<TickRelayStatus>((reply) => ({ kind: "status", reply }));
    const symbol = symbolName(SYMBOLS[this.#made % SYMBOLS.length]!);
    const { quote, primary } = feeds.find((feed) => feed.symbol === symbol)!;
    const { pipSize, stopFloorPips } = specOf(symbol)!;
    const [stopPips, targetPips] = [stopFloorPips * 3, stopFloorPips * 4];
    return makeSignal({
      id: signalId(`ELITE_RAPID_BB_SCALP_${symbol}_${this.#made++}`),
      symbol,
      entry: quote.ask,
      stopLoss: price(quote.ask - stopPips * pipSize),
      takeProfit: price(quote.ask + targetPips * pipSize),
      stopPips: pips(stopPips),
      targetPips: pips(targetPips),
      riskReward: 4 / 3,
      signaledAtMs: clock.nowMs(),
      candleOpenedAtMs: Math.floor(clock.nowMs() / 300_000) * 300_000 - 300_000,
      feed: primary,
    });
  }
}
