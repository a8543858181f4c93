/**
 * What a tick costs from the wire to the close of its candle. Load: 48,000 ticks, one a second on each of 16 symbols
 * for 50 minutes, with nine M5 closes a symbol, each scanned on 400 candles. Budget: 50,000 ticks/s on one core, scans included.
 *
 * @module
 */
import { symbolActor } from "../../actors/symbol.ts";
import { tickRelayActor } from "../../actors/tick_relay.ts";
import { EaFeed, newCounts } from "../../domain/ea_feed.ts";
import { scan, type ScanInput } from "../../domain/scan.ts";
import { SymbolCandles } from "../../domain/symbol_candles.ts";
import { KNOWN_SYMBOLS, roundPrice, specOf } from "../../domain/symbol_spec.ts";
import type { Candle } from "../../protocols/candle.ts";
import type { SymbolMessage, SymbolStatus, TickRelayMessage } from "../../protocols/market.ts";
import type { Store } from "../../protocols/store.ts";
import { eaId, price, type SymbolName } from "../../protocols/units.ts";
import type { WireTick } from "../../protocols/wire.ts";
import type { MarketClock } from "../../runtime/clock.ts";
import { dynamic, supervisor, System, worker } from "../../runtime/mod.ts";
import { mulberry32 } from "../kit/candles.ts";

const EA = eaId("ea-1");
const FROM_MS = Date.UTC(2026, 6, 7, 10);
const ZONE_MS = 3 * 3_600_000;
const SYMBOLS = KNOWN_SYMBOLS.slice(0, 16);
const SECONDS = 3_000;
/** The last of the ten M5 candles is still open. */
const SCANS = 9 * SYMBOLS.length;
const RAW = new Uint8Array(180);

type TickMessage = Extract<TickRelayMessage, { kind: "tick" }>;

/** A random walk a second per symbol, names with a suffix, stamps in broker time. */
function makeTicks(): TickMessage[] {
  const random = mulberry32(1);
  const bids: number[] = SYMBOLS.map((symbol) => symbol.endsWith("JPY") ? 150 : 1.1);
  return Array.from({ length: SECONDS * SYMBOLS.length }, (_, i) => {
    const at = i % SYMBOLS.length;
    const atMs = FROM_MS + Math.floor(i / SYMBOLS.length) * 1_000;
    const spec = specOf(SYMBOLS[at]!)!;
    bids[at] = bids[at]! + (random() - 0.5) * 4 * spec.pipSize / 10;
    const bid = roundPrice(spec, bids[at]!);
    const tick: WireTick = {
      kind: "tick",
      eaId: EA,
      nodeId: null,
      brokerSymbol: `${SYMBOLS[at]}.r`,
      bid,
      ask: price(bid + spec.pipSize / 10),
      brokerTimeMs: atMs + ZONE_MS,
    };
    return { kind: "tick", tick, receivedAtMs: atMs + 200, raw: RAW };
  });
}

const ticks = makeTicks();
const nobody = { tell: () => true };

/** The hour of EURUSD that the ticks make, sixty times over: two days of minutes that end where the ticks begin. */
function makeHistory(): Candle[] {
  const hour = new SymbolCandles(SYMBOLS[0]!);
  for (const { tick } of ticks) {
    if (tick.brokerSymbol !== "EURUSD.r") continue;
    hour.tick({ ...tick, symbol: SYMBOLS[0]!, atMs: tick.brokerTimeMs - ZONE_MS, receivedAtMs: 0, feed: EA });
  }
  const minutes = hour.closed("M1");
  return Array.from({ length: 60 * minutes.length }, (_, i) => {
    const openedAtMs = FROM_MS - (60 * minutes.length - i) * 60_000;
    return { ...minutes[i % minutes.length]!, openedAtMs, gapBefore: i === 0 };
  });
}

const history = makeHistory();
const store: Store = {
  commit: () => Promise.resolve({ ok: true, seqs: [] }),
  select: ({ from }) => Promise.resolve((from === "candles" ? history.toReversed() : []) as never),
  events: () => Promise.resolve([]),
};

/** A clock that shows the arrival of the tick it was last told of; its timers never fall due. */
function clockOfTicks(): MarketClock & { atMs: number } {
  return {
    atMs: FROM_MS,
    anchor: null,
    slackMs: 0,
    nowMs() {
      return this.atMs;
    },
    after: () => ({ cancel() {} }),
  };
}

async function throughActors(): Promise<number> {
  const clock = clockOfTicks();
  let scans = 0;
  const counted = (input: ScanInput) => {
    scans++;
    return scan(input);
  };
  const system = new System();
  const symbols = system.dynamic<SymbolName, SymbolMessage>("market/symbols");
  const relay = tickRelayActor({
    clock,
    publisher: nobody,
    slots: { get: () => nobody },
    symbols,
    books: { get: () => nobody },
    history: { record: () => {} },
    desk: nobody,
    overrides: new Map(),
    isTrusted: () => true,
  });
  const forSymbols = { store, history: { flush() {}, read: () => [] }, specOf, desk: nobody };
  const child = (_: string, symbol: SymbolName) =>
    symbolActor({ ...forSymbols, symbol, clock, scan: counted });
  await system.start(
    supervisor("market", { children: [dynamic("symbols", { child }), worker("relay", () => relay)] }),
  );
  const ref = system.ref<TickRelayMessage>("market/relay");
  for (let i = 0; i < ticks.length; i += 256) {
    const batch = ticks.slice(i, i + 256);
    clock.atMs = batch.at(-1)!.receivedAtMs;
    for (const tick of batch) ref.tell(tick);
    await ref.ask((reply) => ({ kind: "status", reply }));
  }
  await Promise.all(
    SYMBOLS.map((symbol) => symbols.get(symbol)!.ask<SymbolStatus>((reply) => ({ kind: "status", reply }))),
  );
  await system.stop();
  return scans;
}

Deno.bench("48,000 ticks: feed rules alone", { group: "ticks", baseline: true }, () => {
  const feed = new EaFeed(EA, { slackMs: 0, overrides: new Map(), counts: newCounts() }, {
    quoted: () => {},
    passed: () => {},
    lost: () => {},
    doubted: () => {},
  });
  for (const { tick, receivedAtMs } of ticks) feed.take(tick, receivedAtMs);
});

Deno.bench("48,000 ticks: feed rules and candles", { group: "ticks" }, () => {
  const candles = new Map(SYMBOLS.map((symbol) => [symbol, new SymbolCandles(symbol)]));
  const feed = new EaFeed(EA, { slackMs: 0, overrides: new Map(), counts: newCounts() }, {
    quoted: () => {},
    passed: (tick) => void candles.get(tick.symbol)!.tick(tick),
    lost: () => {},
    doubted: () => {},
  });
  for (const { tick, receivedAtMs } of ticks) feed.take(tick, receivedAtMs);
});

Deno.bench(
  `48,000 ticks: relay actor, 16 symbol actors, ${SCANS} scans on 400 candles`,
  { group: "ticks" },
  async () => {
    const scans = await throughActors();
    if (scans !== SCANS) throw new Error(`Cannot bench as scans must be ${SCANS}: current value is ${scans}`);
  },
);

Deno.bench("restore 2,940 stored minutes into M1, M5, M15, H1", { group: "restart", baseline: true }, () => {
  new SymbolCandles(SYMBOLS[0]!).restore(history);
});

const day = new SymbolCandles(SYMBOLS[0]!);
day.restore(history);
Deno.bench("median spread over 1,440 minutes, once per M5 close", { group: "restart" }, () => {
  day.spreadMedian();
});
