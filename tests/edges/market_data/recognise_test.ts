/**
 * Recognition: formats by their first lines, and what names say of symbol, timeframe, side and clock.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Format, recognise } from "../../../edges/market_data/mod.ts";
import { dayIn, serverTimeIn, sideIn, symbolIn, timeframeIn } from "../../../edges/market_data/names.ts";
import { readContent } from "../../kit/market_files.ts";

const guess = (text: string): Format | null => recognise(new TextEncoder().encode(text), "EURUSD.csv");

Deno.test("recognise() knows MT5 exports of every separator, and daily bars that have no time", () => {
  const found = [
    guess("<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\r\n"),
    guess("<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>,<VOL>,<SPREAD>\r\n"),
    guess("<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n"),
  ];

  assert.deepEqual(found, ["mt5Ticks", "mt5Bars", "mt5Bars"]);
});

Deno.test("daily MT5 bars open at the server's midnight", async () => {
  const { rows, file } = await readContent(
    "EURUSD_Daily_202501010000_202512310000.csv",
    "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n" +
      "2025.01.15\t1.03000\t1.03100\t1.02900\t1.03050\t9\t0\t8\r\n" +
      "2025.07.15\t1.16000\t1.16100\t1.15900\t1.16050\t9\t0\t12\r\n",
    { serverTime: "newYorkClose" },
  );

  assert.deepEqual(rows, [
    [Date.UTC(2025, 0, 14, 22), 1.03, 1.031, 1.029, 1.0305, 0.00008],
    [Date.UTC(2025, 6, 14, 21), 1.16, 1.161, 1.159, 1.1605, 0.00012],
  ]);
  assert.equal(file.kind === "candles" && file.timeframeMs, 86_400_000);
});

Deno.test("recognise() takes the columns where the header says they are", async () => {
  const { rows } = await readContent("EURUSD.csv", "timestamp_ms,volume,ask,bid\n1398902400043,7,1.2,1.1\n");

  assert.deepEqual(rows, [[1398902400043, 1.1, 1.2]]);
});

Deno.test("recognise() says null to what it does not know", () => {
  const found = [
    "",
    "\n\n",
    "a,b,c\n1,2,3\n",
    "timestamp_ms,bid\n1398902400043,1\n",
    "1,2\n",
    "{}",
    "bid,ask\n1,2\n",
  ]
    .map(guess);

  assert.deepEqual(found, Array(7).fill(null));
});

Deno.test("symbolIn() finds the pair, or what MT5 and LEAN write in its place", () => {
  const found = [
    symbolIn("a/EURUSD_201405021525.csv", "mt5Ticks"),
    symbolIn("EURUSDm_M1_2014.csv", "mt5Bars"),
    symbolIn("gbpusd-m1-bid-2012.csv", "isoCandles"),
    symbolIn("C:\\data\\XAUUSD.pro_2014.csv", "mt5Ticks"),
    symbolIn("US30.cash_M5_2014.csv", "mt5Bars"),
    symbolIn("lean/cfd/oanda/tick/de30eur/20140501_quote.zip/20140501_de30eur_tick_quote.csv", "leanTicks"),
    symbolIn("oanda/tick/eurusd/20140501_quote.zip/quotes.csv", "leanTicks"),
    symbolIn("quotes/export.csv", "plainTicks"),
  ];

  assert.deepEqual(found, ["EURUSD", "EURUSD", "GBPUSD", "XAUUSD", "US30.cash", "DE30EUR", "EURUSD", null]);
});

Deno.test("timeframeIn() reads the ways names have to say it", () => {
  const minutes = [
    "XAUUSD_M1_201405010300.csv",
    "XAUUSD_H4_2014.csv",
    "XAUUSD_Daily_2014.csv",
    "EURUSD_5m_2026Q1.csv",
    "EURUSD_Candlestick_15_M_BID_04.02.2019.csv",
    "gbpusd-m1-bid-2012.csv",
    "a_M15.csv",
    "20140505_eurusd_minute_quote.csv",
    "M1/EURGBP.csv",
  ].map((name) => (timeframeIn(name) ?? NaN) / 60_000);

  assert.deepEqual(minutes, [1, 240, 1_440, 5, 15, 1, 15, 1, NaN]);
});

Deno.test("sideIn(), dayIn() and serverTimeIn() say only what a name says", () => {
  assert.deepEqual(
    [sideIn("a_M1_ask.csv", "plainCandles"), sideIn("a.csv", "mt5Bars"), sideIn("bid/a.csv", "plainCandles")],
    ["ask", "bid", null],
  );
  assert.deepEqual(
    [dayIn("eurusd/20140505_quote.zip"), dayIn("eurusd/20140532_quote.zip"), dayIn("eurusd/quote.zip")],
    [Date.UTC(2014, 4, 5), NaN, NaN],
  );
  assert.deepEqual(
    [
      serverTimeIn("forex/oanda/tick/eurusd/a.zip", "leanTicks"),
      serverTimeIn("forex/fxcm/tick/eurusd/a.zip", "leanTicks"),
      serverTimeIn("forex/other/tick/eurusd/a.zip", "leanTicks"),
      serverTimeIn("DAT_MT_NZDUSD_M1_201405.csv", "metatraderBars"),
      serverTimeIn("NZDUSD1.csv", "metatraderBars"),
    ],
    ["utc", { utcOffsetMinutes: -300 }, null, { utcOffsetMinutes: -300 }, null],
  );
});

Deno.test("a told symbol, server time and timeframe win over what is found", async () => {
  const { rows, summary, file } = await readContent(
    "DAT_MT_NZDUSD_M1_201405.csv",
    "2014.05.05,19:00,0.868340,0.868350,0.868330,0.868350,0\n",
    { symbol: "KIWI" as never, serverTime: "utc", timeframeMs: 120_000 },
  );

  assert.deepEqual([rows[0]![0], summary.symbol], [Date.UTC(2014, 4, 5, 19), "KIWI"]);
  assert.equal(file.kind === "candles" && file.timeframeMs, 120_000);
});
