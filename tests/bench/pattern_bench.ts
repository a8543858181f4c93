/**
 * Pattern bench: what the close of one M5 candle costs a symbol.
 *
 * Load: 400 closed candles in hand, of which the last 200 are looked at; 1,000 different histories in turn, so that
 * candles with and without finds come as often as on a chart.
 * Budget: a scan by all six patterns, filters and memory included, within 200 µs: 16 symbols that close a candle
 * in the same instant then hold up the ticks behind them for 3 ms.
 *
 * @module
 */
import { PATTERNS } from "../../domain/patterns/all.ts";
import { contextOf } from "../../domain/patterns/chart.ts";
import { averageTrueRanges } from "../../domain/indicators.ts";
import { emptyMemory, scan, type ScanInput } from "../../domain/scan.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import { eaId, price, symbolName } from "../../protocols/units.ts";
import { walk } from "../kit/candles.ts";

const EURUSD = symbolName("EURUSD");
const SPEC = specOf(EURUSD)!;
const HISTORIES = 1_000;
const CANDLES = walk(4, HISTORIES + 400);

const inputs: readonly ScanInput[] = Array.from({ length: HISTORIES }, (_, i) => {
  const m5 = CANDLES.slice(i, i + 400);
  const { close, openedAtMs } = m5.at(-1)!;
  const nowMs = openedAtMs + 302_000;
  const quote = { symbol: EURUSD, bid: close, ask: price(close + 0.00002), atMs: nowMs, receivedAtMs: nowMs };
  const shared = { symbol: EURUSD, spec: SPEC, feed: eaId("ea-1"), memory: emptyMemory() };
  return { ...shared, m5, quote, spreadMedian24h: 0.00002, nowMs };
});
const contexts = inputs.map(({ m5 }) => contextOf(EURUSD, m5));
let turn = 0;
const next = () => turn = (turn + 1) % HISTORIES;

Deno.bench("scan() of all six patterns", { group: "one candle close, budget 200 µs", baseline: true }, () => {
  scan(inputs[next()]!);
});

Deno.bench("contextOf(): run, ATR and mirror", { group: "one candle close, budget 200 µs" }, () => {
  contextOf(EURUSD, inputs[next()]!.m5);
});

Deno.bench("averageTrueRanges() of 200 candles alone", { group: "one candle close, budget 200 µs" }, () => {
  averageTrueRanges(contexts[next()]!.upright.candles);
});

for (const pattern of PATTERNS) {
  Deno.bench(`${pattern.name} on a ready context`, { group: "one pattern" }, () => {
    pattern.detect(contexts[next()]!);
  });
}
