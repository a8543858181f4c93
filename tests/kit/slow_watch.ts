/**
 * Slow watch: the outcome rules once more, plainly, one signal at a time; the level book is compared with it.
 *
 * Nothing here is shared with `domain/`: it remembers every tick it judged by and looks at all of them.
 *
 * @module
 */
import type { Outcome } from "../../protocols/outcome.ts";
import type { Signal } from "../../protocols/signal.ts";
import type { Tick } from "../../protocols/tick.ts";
import { pips, type Price } from "../../protocols/units.ts";

/** What the watch must know of its symbol. */
export interface SlowTerms {
  readonly pipSize: number;
  readonly openMs: (fromMs: number, toMs: number) => number;
}

/** Watches one signal through every tick. */
export class SlowWatch {
  outcome: Outcome | null = null;
  #feed: string;
  #feedChanged = false;
  #gap = false;
  #judged: Tick[] = [];
  /** The stream's ticks, judged or not, and the foreign ones since the last of them. */
  #last: Tick | null = null;
  #foreign: Tick[] = [];
  #settled = new Set<number>();

  constructor(readonly signal: Signal, readonly terms: SlowTerms) {
    this.#feed = signal.feed;
  }

  /** Hears every tick of the symbol, those before the signal too; `missed`: the moments up to which ticks may have been missed. */
  hear(tick: Tick, missed: readonly number[]): void {
    if (this.outcome !== null) return;
    if (tick.feed === this.#feed) {
      this.#foreign = [];
      this.#judge(tick, missed);
      return;
    }
    this.#foreign.push(tick);
    if (tick.receivedAtMs - this.#foreign[0]!.receivedAtMs < 60_000) return;
    if (tick.receivedAtMs <= this.signal.signaledAtMs) return;
    const ticks = this.#foreign.filter((foreign) => foreign.feed === tick.feed);
    this.#feed = tick.feed;
    this.#feedChanged = true;
    this.#foreign = [];
    for (const one of ticks) if (this.outcome === null) this.#judge(one, missed);
  }

  #judge(tick: Tick, missed: readonly number[]): void {
    const due = missed.filter((atMs) => atMs <= tick.receivedAtMs && !this.#settled.has(atMs));
    due.forEach((atMs) => this.#settled.add(atMs));
    const last = this.#last;
    if (last === null || tick.atMs >= last.atMs) this.#last = tick;
    if (tick.atMs < this.signal.signaledAtMs) return;
    const seen = last !== null && last.atMs >= this.signal.signaledAtMs;
    const fromMs = seen ? last!.atMs : this.signal.signaledAtMs;
    const openMs = tick.atMs > fromMs ? this.terms.openMs(fromMs, tick.atMs) : 0;
    if (due.some((atMs) => atMs > this.signal.signaledAtMs) || openMs > 900_000) {
      this.#gap = true;
      if (!this.#sure(seen ? this.#exit(last!) : this.#birth(), this.#exit(tick), openMs)) {
        this.outcome = this.#result("UNKNOWN", null, tick);
        return;
      }
    }
    this.#judged.push(tick);
    const exit = this.#exit(tick);
    if (this.#loses(exit)) this.outcome = this.#result("LOSS", exit, tick);
    else if (this.#wins(exit)) this.outcome = this.#result("WIN", this.signal.takeProfit, tick);
  }

  #sure(before: number, after: number, openMs: number): boolean {
    const v = this.signal.atr ** 2 * openMs / 300_000;
    return [this.signal.stopLoss, this.signal.takeProfit].every((level) => {
      const crossed = Math.sign(before - level) * Math.sign(after - level) <= 0;
      return crossed || v === 0 || Math.exp(-2 * (before - level) * (after - level) / v) < 0.001;
    });
  }

  #birth(): number {
    const spread = this.signal.spreadPips * this.terms.pipSize;
    return this.signal.direction === "BUY" ? this.signal.entry - spread : this.signal.entry + spread;
  }

  #exit(tick: Tick): Price {
    return this.signal.direction === "BUY" ? tick.bid : tick.ask;
  }

  #loses(exit: number): boolean {
    return this.signal.direction === "BUY" ? exit <= this.signal.stopLoss : exit >= this.signal.stopLoss;
  }

  #wins(exit: number): boolean {
    return this.signal.direction === "BUY" ? exit >= this.signal.takeProfit : exit <= this.signal.takeProfit;
  }

  #pips(exit: number): number {
    const distance = this.signal.direction === "BUY" ? exit - this.signal.entry : this.signal.entry - exit;
    return outward(distance / this.terms.pipSize, 100);
  }

  #result(result: Outcome["result"], exitPrice: Price | null, tick: Tick): Outcome {
    const paths = this.#judged.map((one) => this.#pips(this.#exit(one)));
    if (result === "WIN") paths[paths.length - 1] = this.#pips(exitPrice!);
    const earned = exitPrice === null ? null : this.#pips(exitPrice);
    return {
      signalId: this.signal.id,
      result,
      exitPrice,
      pips: earned === null ? null : pips(earned),
      r: earned === null ? null : outward(earned / this.signal.stopPips, 1_000),
      mfePips: pips(Math.max(0, ...paths)),
      maePips: pips(Math.max(0, ...paths.map((path) => -path))),
      resolvedAtMs: tick.atMs,
      durationMs: tick.atMs - this.signal.signaledAtMs,
      gap: this.#gap,
      feedChanged: this.#feedChanged,
    };
  }
}

function outward(value: number, parts: number): number {
  const size = Math.round(Math.abs(value) * parts) / parts;
  return value < 0 && size > 0 ? -size : size;
}
