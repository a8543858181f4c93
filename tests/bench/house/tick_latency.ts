/**
 * How long a tick takes through the house: to a subscriber of 5560, to the level books' door, to its symbol actor.
 *
 * @module
 */
import type { SymbolMessage } from "../../../protocols/market.ts";
import type { Tick } from "../../../protocols/tick.ts";
import type { Mailbox } from "../../../protocols/ports.ts";
import { openMicros, type Spread, spreadOf } from "./machine.ts";
import { type BenchHouse, pause, SYMBOLS, withHouse } from "./open_house.ts";
import { PeerLink } from "./peer_link.ts";

/** Ticks a second: sixteen symbols at 125, some hundred times a lively market. */
const PER_SECOND = 2_000;
const SECONDS = 10;
const START_MS = Date.UTC(2026, 5, 16, 10, 1);

/** Latencies in ms; `lost` counts ticks that did not arrive. */
export interface TickLatency {
  readonly perSecond: number;
  readonly lost: number;
  /** Pushed to 5556 → seen on 5560, both by the loading process. */
  readonly relayed: Spread;
  /** Pushed to 5556 → accepted by the relay: handed to history and level book. */
  readonly accepted: Spread;
  /** Pushed to 5556 → taken by the symbol's actor. */
  readonly taken: Spread;
}

/** Measures. */
export function tickLatency(): Promise<TickLatency> {
  return withHouse(START_MS, async (bench) => {
    const probe = new Probe(bench);
    const peer = new PeerLink("ping", { ...bench.terms, symbols: SYMBOLS, bids: bench.bids });
    await peer.next();
    await pause(500);
    probe.begin();
    const count = PER_SECOND * SECONDS;
    await peer.say({ count, perSecond: PER_SECOND });
    const { seen, sentAtUs, seenAtUs } = await peer.next<Seen>();
    await peer.end();
    const relayed = sentAtUs.flatMap((us, n) => seenAtUs[n]! > 0 ? [(seenAtUs[n]! - us) / 1_000] : []);
    return {
      perSecond: PER_SECOND,
      lost: count - Math.min(seen, probe.accepted.count, probe.taken.count),
      relayed: spreadOf(relayed),
      accepted: spreadOf(probe.accepted.since(sentAtUs)),
      taken: spreadOf(probe.taken.since(sentAtUs)),
    };
  });
}

interface Seen {
  readonly seen: number;
  readonly sentAtUs: readonly number[];
  readonly seenAtUs: readonly number[];
}

/** When each tick of each symbol came somewhere. Ticks of a symbol keep their order, so that a number names one. */
class Arrivals {
  readonly #atUs = new Map<string, number[]>(SYMBOLS.map((symbol) => [symbol, []]));

  get count(): number {
    return [...this.#atUs.values()].reduce((sum, times) => sum + times.length, 0);
  }

  note(symbol: string, atUs: number): void {
    this.#atUs.get(symbol)!.push(atUs);
  }

  clear(): void {
    for (const times of this.#atUs.values()) times.length = 0;
  }

  /** ms since each was sent; number n is of symbol n modulo their count. */
  since(sentAtUs: readonly number[]): number[] {
    return SYMBOLS.flatMap((symbol, index) =>
      this.#atUs.get(symbol)!.map((us, nth) => (us - sentAtUs[nth * SYMBOLS.length + index]!) / 1_000)
    );
  }
}

/** Looks over the shoulder of a running house; must be there before its first tick. */
class Probe {
  readonly accepted = new Arrivals();
  readonly taken = new Arrivals();

  constructor({ house }: BenchHouse) {
    const micros = openMicros();
    const { history } = house.edges;
    const record = history.record.bind(history);
    history.record = (tick) => {
      this.accepted.note(tick.symbol, micros());
      record(tick);
    };
    const { symbols } = house.at;
    const ensure = symbols.ensure.bind(symbols);
    symbols.ensure = (key, symbol) =>
      watched(ensure(key, symbol), (tick) => this.taken.note(tick.symbol, micros()));
  }

  begin(): void {
    this.accepted.clear();
    this.taken.clear();
  }
}

/** A ref whose ticks say when their hearer looks at them for the first time. */
function watched<R extends Mailbox<SymbolMessage>>(ref: R, onRead: (tick: Tick) => void): R {
  return new Proxy(ref, {
    get(target, name) {
      if (name === "tell") return (message: SymbolMessage) => target.tell(tattling(message, onRead));
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function tattling(message: SymbolMessage, onRead: (tick: Tick) => void): SymbolMessage {
  if (message.kind !== "tick") return message;
  const { kind, tick } = message;
  let read = false;
  return {
    kind,
    get tick() {
      if (!read) onRead(tick);
      read = true;
      return tick;
    },
  };
}
