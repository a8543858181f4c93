/**
 * A simulated currency and metal market: the same seed and epoch give every process the same prices at every second.
 *
 * It steps second by second from its epoch, through open hours only. Each value walks on a stream of its own, so
 * that which symbols somebody asks for changes nothing in the others.
 *
 * @module
 */
import { CandleBuilder } from "../../domain/candle.ts";
import { closedIntervals, isOpen, newYorkMinute, nextOpen } from "../../domain/calendar.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import type { Candle } from "../../protocols/candle.ts";
import type { Write } from "../../protocols/store.ts";
import type { SymbolSpec } from "../../protocols/symbol_spec.ts";
import { type SymbolName, symbolName } from "../../protocols/units.ts";
import { type Random, seededRandom } from "../../runtime/random.ts";
import { CURRENCIES, spreadPointsOf } from "./currencies.ts";
import type { MarketTick, PriceSource } from "./prices.ts";
import { Mood } from "./mood.ts";
import { streamOf, type ValueReader, Values } from "./values.ts";

/** What decides every price. */
export interface MarketOptions {
  readonly seed: number;
  /** Where the paths begin, UTC ms; the same for all who shall agree. */
  readonly epochMs: number;
  /** Canonical names. */
  readonly symbols: readonly string[];
}

/** The symbols of a usual MarketWatch. */
export const USUAL_SYMBOLS: readonly string[] =
  "EURUSD GBPUSD USDJPY AUDUSD NZDUSD USDCAD USDCHF EURJPY XAUUSD".split(" ");

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const FX = symbolName("EURUSD");
/** Ticks a second at heat 1: so many that a usual second has one, so few that a lively minute has more. */
const TICKS_PER_SECOND = 0.55;

/**
 * The epoch to use when nobody names one: the Sunday opening before the last whole week, UTC ms.
 *
 * @param nowMs UTC; callers in the same trading week get the same answer
 */
export function defaultEpochMs(nowMs: number): number {
  const week = 7 * 24 * 3_600_000;
  const opened = closedIntervals(nowMs - 2 * week, nowMs).filter((closure) => closure.toMs <= nowMs);
  return opened.at(-2)?.toMs ?? nowMs - week;
}

/** One symbol's quotes. */
class Quoted {
  readonly spec: SymbolSpec;
  readonly #base: ValueReader;
  readonly #quote: ValueReader;
  readonly #random: Random;
  #open = true;
  #spreadPoints = 0;
  #chance = 0;
  #last: MarketTick | null = null;

  constructor(seed: number, spec: SymbolSpec, values: Values) {
    this.spec = spec;
    this.#base = values.readerOf(spec.baseCurrency);
    this.#quote = values.readerOf(spec.quoteCurrency);
    this.#random = seededRandom(streamOf(seed, `ticks ${spec.symbol}`));
  }

  get last(): MarketTick | null {
    return this.#last;
  }

  minute(atMs: number): void {
    const heat = (this.#base.heat() + this.#quote.heat()) / 2;
    this.#open = isOpen(this.spec.symbol, atMs);
    this.#chance = 1 - Math.exp(-TICKS_PER_SECOND * heat);
    this.#spreadPoints = spreadPointsOf(this.spec.symbol) * spreadFactor(atMs) * (heat > 1.8 ? 1.3 : 1);
  }

  /** The tick of a second, or null when nothing changed. */
  tick(atMs: number): MarketTick | null {
    const drawn = this.#random.next();
    const wide = this.#random.next();
    if (!this.#open || drawn >= this.#chance) return null;
    const scale = 10 ** this.spec.digits;
    const points = Math.max(1, Math.round(this.#spreadPoints * (0.75 + 0.5 * wide)));
    const bidPoints = Math.round(this.#base.value() / this.#quote.value() * scale - points / 2);
    const [bid, ask] = [bidPoints / scale, (bidPoints + points) / scale];
    if (bid === this.#last?.bid && ask === this.#last.ask) return null;
    this.#last = { symbol: this.spec.symbol, bid, ask, atMs };
    return this.#last;
  }
}

/** The market, second by second. */
export class Market {
  readonly #values: Values;
  readonly #quoted: readonly Quoted[];
  readonly #mood: Mood;
  #nowMs: number;
  #minuteMs = -Infinity;

  /** @throws {Error} when a symbol is not made of the currencies simulated here */
  constructor(options: MarketOptions) {
    const specs = options.symbols.map(specFor);
    const currencies = [...new Set(specs.flatMap((spec) => [spec.baseCurrency, spec.quoteCurrency]))];
    this.#values = new Values(options.seed, currencies);
    this.#quoted = specs.map((spec) => new Quoted(options.seed, spec, this.#values));
    this.#mood = new Mood(streamOf(options.seed, "mood"));
    this.#nowMs = Math.ceil(options.epochMs / SECOND_MS) * SECOND_MS;
  }

  /** The next second to be stepped through. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The last tick of each symbol that has had one. */
  latest(): MarketTick[] {
    return this.#quoted.flatMap(({ last }) => last === null ? [] : [last]);
  }

  /** Steps through `toMs`; hands over each tick, in order. */
  advance(toMs: number, onTick: (tick: MarketTick) => void): void {
    for (; this.#nowMs <= toMs; this.#nowMs += SECOND_MS) {
      if (this.#nowMs >= this.#minuteMs + MINUTE_MS && !this.#newMinute(toMs)) return;
      for (const walk of this.#values.walks) walk.step();
      for (const quoted of this.#quoted) {
        const tick = quoted.tick(this.#nowMs);
        if (tick !== null) onTick(tick);
      }
    }
  }

  /** Begins the minute of `nowMs`, after a closed market that of its opening; false when that is past `toMs`. */
  #newMinute(toMs: number): boolean {
    if (!isOpen(FX, this.#nowMs)) {
      const opensAtMs = nextOpen(FX, this.#nowMs);
      if (opensAtMs > toMs) return false;
      this.#nowMs = opensAtMs;
      for (const walk of this.#values.walks) walk.gap();
    }
    this.#minuteMs = Math.floor(this.#nowMs / MINUTE_MS) * MINUTE_MS;
    const hour = new Date(this.#minuteMs).getUTCHours();
    this.#mood.minute();
    for (const walk of this.#values.walks) walk.minute(hour, this.#mood);
    for (const quoted of this.#quoted) quoted.minute(this.#minuteMs);
    return true;
  }
}

/** The market as a source that follows a clock; what lies before `fromMs` is stepped through, not handed over. */
export function marketSource(options: MarketOptions, fromMs: number): PriceSource {
  const market = new Market(options);
  market.advance(fromMs, () => {});
  return {
    symbols: options.symbols,
    until: async (toMs) => {
      const ticks: MarketTick[] = [];
      market.advance(toMs, (tick) => void ticks.push(tick));
      return ticks;
    },
    latest: () => market.latest(),
    close: async () => {},
  };
}

/** Ticks of the same paths from `fromMs` up to and including `toMs`, all symbols in order of time. */
export function historyTicks(options: MarketOptions, fromMs: number, toMs: number): MarketTick[] {
  const ticks: MarketTick[] = [];
  const market = new Market(options);
  market.advance(fromMs - 1, () => {});
  market.advance(toMs, (tick) => void ticks.push(tick));
  return ticks;
}

/**
 * Closed M1 candles of the same paths that open at or after `fromMs` and end at or before `toMs`, per symbol,
 * oldest first; built as the house builds them.
 */
export function history(options: MarketOptions, fromMs: number, toMs: number): Map<SymbolName, Candle[]> {
  const builders = options.symbols.map((name) => new CandleBuilder(symbolName(name)));
  const candles = new Map(builders.map((builder): [SymbolName, Candle[]] => [builder.symbol, []]));
  const bySymbol = new Map<string, CandleBuilder>(builders.map((builder) => [builder.symbol, builder]));
  const keep = (closed: readonly Candle[]) => {
    for (const candle of closed) if (candle.timeframe === "M1") candles.get(candle.symbol)!.push(candle);
  };
  const market = new Market(options);
  market.advance(Math.ceil(fromMs / MINUTE_MS) * MINUTE_MS - 1, () => {});
  market.advance(toMs - 1, ({ symbol, bid, ask, atMs }) => keep(bySymbol.get(symbol)!.tick(atMs, bid, ask)));
  for (const builder of builders) keep(builder.advance(toMs));
  return candles;
}

function specFor(name: string): SymbolSpec {
  const spec = specOf(symbolName(name));
  if (spec === null || !(spec.baseCurrency in CURRENCIES) || !(spec.quoteCurrency in CURRENCIES)) {
    const known = Object.keys(CURRENCIES).join(", ");
    throw new Error(`Cannot simulate symbol as it must be two of ${known}: current value is ${name}`);
  }
  return spec;
}

/** Thin hours are dear: several times the usual spread about the roll-over at 17:00 New York, more in the night. */
function spreadFactor(atMs: number): number {
  const minute = newYorkMinute(atMs);
  if (minute >= 16 * 60 + 55 && minute < 17 * 60 + 15) return 5;
  if (minute >= 16 * 60 + 45 && minute < 18 * 60) return 2.2;
  const hour = new Date(atMs).getUTCHours();
  return hour >= 7 && hour < 17 ? 1 : 1.35;
}

/** The same candles as writes for a store, one group per symbol: the hours before a house's start. */
export function* historyWrites(options: MarketOptions, fromMs: number, toMs: number): Generator<Write[]> {
  for (const candles of history(options, fromMs, toMs).values()) {
    yield candles.map((row): Write => ({ put: "candles", row }));
  }
}
