/**
 * One small file of every format: what it is recognised as, and every value that comes out of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Format, FORMATS, type ReadOptions, type Summary } from "../../../edges/market_data/mod.ts";
import { type Numbers, readContent } from "../../kit/market_files.ts";
import { zip } from "../../kit/zip_file.ts";

interface Sample {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly options?: ReadOptions;
  readonly symbol: string;
  readonly rows: readonly Numbers[];
  /** For candles. */
  readonly timeframeMs?: number;
  readonly side?: "bid" | "ask" | null;
}

const at = Date.UTC;

const SAMPLES: Readonly<Record<Format, Sample>> = {
  mt5Ticks: {
    name: "EURUSD.r_201405021525_201405021545.csv",
    content: "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\r\n" +
      "2014.05.02\t15:25:00.717\t1.38619\t1.38630\t\t\t6\r\n" +
      "2014.05.02\t15:25:10.128\t1.38618\t\t\t\t2\r\n" +
      "2014.05.02\t15:25:10.128\t\t1.38631\t\t\t4\r\n",
    options: { serverTime: "newYorkClose" },
    symbol: "EURUSD",
    rows: [
      [at(2014, 4, 2, 12, 25, 0, 717), 1.38619, 1.3863],
      [at(2014, 4, 2, 12, 25, 10, 128), 1.38618, 1.3863],
      [at(2014, 4, 2, 12, 25, 10, 128), 1.38618, 1.38631],
    ],
  },
  mt5Bars: {
    name: "US30_M1_201401010300_201401022359.csv",
    content: "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n" +
      "2014.01.02\t03:00:00\t1291.677\t1291.955\t1291.376\t1291.464\t196\t0\t277\r\n" +
      "2014.01.02\t03:01:00\t1291.421\t1291.686\t1291.352\t1291.686\t37\t0\t0\r\n",
    options: { serverTime: { utcOffsetMinutes: 120 } },
    symbol: "US30",
    timeframeMs: 60_000,
    side: "bid",
    rows: [
      [at(2014, 0, 2, 1), 1291.677, 1291.955, 1291.376, 1291.464, 0.277],
      [at(2014, 0, 2, 1, 1), 1291.421, 1291.686, 1291.352, 1291.686, 0],
    ],
  },
  dukascopyTicks: {
    name: "EURUSD_Ticks_04.02.2019-04.02.2019.csv",
    content: "Gmt time,Ask,Bid,AskVolume,BidVolume\n" +
      "04.02.2019 10:00:00.043,1.14457,1.14452,1.00,1.75\n04.02.2019 10:00:00.209,1.14455,1.14454,1.00,1.50\n",
    symbol: "EURUSD",
    rows: [
      [at(2019, 1, 4, 10, 0, 0, 43), 1.14452, 1.14457],
      [at(2019, 1, 4, 10, 0, 0, 209), 1.14454, 1.14455],
    ],
  },
  dukascopyCandles: {
    name: "EURUSD_Candlestick_1_Hour_ASK_04.02.2019-04.02.2019.csv",
    content: "Local time,Open,High,Low,Close,Volume\n" +
      "04.02.2019 01:00:00.000 GMT+0100,1.14543,1.14570,1.14542,1.14569,293.76\n" +
      "04.02.2019 02:00:00.000 GMT+0100,1.14569,1.14580,1.14565,1.14575,271.59\n",
    symbol: "EURUSD",
    timeframeMs: 3_600_000,
    side: "ask",
    rows: [
      [at(2019, 1, 4), 1.14543, 1.1457, 1.14542, 1.14569, null],
      [at(2019, 1, 4, 1), 1.14569, 1.1458, 1.14565, 1.14575, null],
    ],
  },
  histdataTicks: {
    name: "DAT_ASCII_EURUSD_T_201405.csv",
    content: "20140506 070000100,1.393750,1.393860,0\n20140506 235959999,1.393740,1.393860,0\n",
    symbol: "EURUSD",
    rows: [
      [at(2014, 4, 6, 12, 0, 0, 100), 1.39375, 1.39386],
      [at(2014, 4, 7, 4, 59, 59, 999), 1.39374, 1.39386],
    ],
  },
  histdataBars: {
    name: "HISTDATA_COM_ASCII_NZDUSD_M1_201405.zip",
    content: zip({
      "DAT_ASCII_NZDUSD_M1_201405.txt": "status report",
      "DAT_ASCII_NZDUSD_M1_201405.csv":
        "20140505 190000;0.868340;0.868350;0.868330;0.868350;0\n20140505 190100;0.868370;0.868400;0.868360;0.868370;0\n",
    }),
    symbol: "NZDUSD",
    timeframeMs: 60_000,
    side: "bid",
    rows: [
      [at(2014, 4, 6, 0, 0), 0.86834, 0.86835, 0.86833, 0.86835, null],
      [at(2014, 4, 6, 0, 1), 0.86837, 0.8684, 0.86836, 0.86837, null],
    ],
  },
  metatraderBars: {
    name: "DAT_MT_NZDUSD_M1_201405.csv",
    content: "2014.05.05,19:00,0.868340,0.868350,0.868330,0.868350,0\n" +
      "2014.05.05,19:01,0.868370,0.868400,0.868360,0.868370,0\n",
    symbol: "NZDUSD",
    timeframeMs: 60_000,
    side: "bid",
    rows: [
      [at(2014, 4, 6, 0, 0), 0.86834, 0.86835, 0.86833, 0.86835, null],
      [at(2014, 4, 6, 0, 1), 0.86837, 0.8684, 0.86836, 0.86837, null],
    ],
  },
  trueFxTicks: {
    name: "quotes-2014-05.csv",
    content: "EUR/USD,20140506 12:00:00.100,1.39375,1.39386\nEUR/USD,20140506 12:00:00.129,1.39374,1.39386\n",
    symbol: "EURUSD",
    rows: [
      [at(2014, 4, 6, 12, 0, 0, 100), 1.39375, 1.39386],
      [at(2014, 4, 6, 12, 0, 0, 129), 1.39374, 1.39386],
    ],
  },
  leanTicks: {
    name: "cfd/oanda/tick/xauusd/20140505_quote.zip",
    content: zip({
      "20140505_xauusd_tick_quote.csv": "40.1868,1300.335,1300.799\n42.666,1300.335,1300.814\r\n",
    }),
    symbol: "XAUUSD",
    rows: [
      [at(2014, 4, 5, 0, 0, 0, 40), 1300.335, 1300.799],
      [at(2014, 4, 5, 0, 0, 0, 42), 1300.335, 1300.814],
    ],
  },
  leanBars: {
    name: "forex/fxcm/second/eurusd/20140505_quote.zip",
    content: zip({
      "20140505_eurusd_second_quote.csv":
        "0,1.38756,1.38756,1.38755,1.38755,0,1.38758,1.38759,1.38758,1.38759,0\r\n" +
        "2000,1.38756,1.38757,1.38755,1.38756,0,1.38759,1.38759,1.38759,1.38750,0\r\n",
    }),
    symbol: "EURUSD",
    timeframeMs: 1_000,
    side: "bid",
    rows: [
      [at(2014, 4, 5, 5), 1.38756, 1.38756, 1.38755, 1.38755, 0.00004],
      [at(2014, 4, 5, 5, 0, 2), 1.38756, 1.38757, 1.38755, 1.38756, -0.00006],
    ],
  },
  fxDataTicks: {
    name: "DC_EURUSD_20160704_NYC_EST.csv",
    content: "07/04/2016 08:00:00.062,1.11982,1.11983\n07/04/2016 08:00:00.164,1.11984,1.11985\n",
    symbol: "EURUSD",
    rows: [
      [at(2016, 6, 4, 12, 0, 0, 62), 1.11982, 1.11983],
      [at(2016, 6, 4, 12, 0, 0, 164), 1.11984, 1.11985],
    ],
  },
  plainTicks: {
    name: "ticks.csv",
    content: "timestamp_ms,bid,ask\n1398902400043,1291.677,1292.033\n1398902400045.9,1291.652,1292.043\n",
    options: { symbol: "GOLD" as never },
    symbol: "GOLD",
    rows: [[1398902400043, 1291.677, 1292.033], [1398902400045, 1291.652, 1292.043]],
  },
  plainCandles: {
    name: "mt5feed/EURGBP.csv",
    content:
      "timestamp_ms,open,high,low,close,volume\n1755793380000,0.865505,0.865525,0.865465,0.865465,0\n" +
      "1755793680000,0.865475,0.865505,0.865455,0.86547,0\n",
    symbol: "EURGBP",
    timeframeMs: 300_000,
    side: null,
    rows: [
      [1755793380000, 0.865505, 0.865525, 0.865465, 0.865465, null],
      [1755793680000, 0.865475, 0.865505, 0.865455, 0.86547, null],
    ],
  },
  isoTicks: {
    name: "usdjpy-ticks.csv",
    content: "timestamp,bid,ask\n2013-01-01 22:00:00.295000+00:00,86.655,86.728\n" +
      "2013-01-01 17:02:35.907999-05:30,86.657,86.728\n",
    symbol: "USDJPY",
    rows: [
      [at(2013, 0, 1, 22, 0, 0, 295), 86.655, 86.728],
      [at(2013, 0, 1, 22, 32, 35, 907), 86.657, 86.728],
    ],
  },
  isoCandles: {
    name: "USDJPY_3m_2026Q1.csv",
    content:
      "#visit us\ntime,open,high,low,close,volume\n2026-01-04T22:03:00Z,156.713,156.752,156.713,156.737,15.0\n" +
      "2026-01-04T22:15:00Z,156.737,161.3401324,156.737,156.78,31.0\n",
    symbol: "USDJPY",
    timeframeMs: 180_000,
    side: null,
    rows: [
      [at(2026, 0, 4, 22, 3), 156.713, 156.752, 156.713, 156.737, null],
      [at(2026, 0, 4, 22, 15), 156.737, 161.3401324, 156.737, 156.78, null],
    ],
  },
};

for (const format of FORMATS) {
  const { name, content, options, symbol, rows, timeframeMs, side } = SAMPLES[format];

  Deno.test(`openMarketData() reads every value of ${format}`, async () => {
    const read = await readContent(name, content, options);

    assert.deepEqual(read.rows, rows);
    assert.deepEqual(read.summary, summary(format, symbol, rows));
    if (read.file.kind === "candles") {
      assert.deepEqual([read.file.timeframeMs, read.file.side], [timeframeMs, side]);
    } else assert.equal(timeframeMs, undefined);
  });

  Deno.test(`openMarketData() reads ${format} the same when the format is told`, async () => {
    const read = await readContent(name, content, { ...options, format });

    assert.deepEqual(read.rows, rows);
  });
}

function summary(format: Format, symbol: string, rows: readonly Numbers[]): Summary {
  return {
    format,
    symbol: symbol as never,
    rows: rows.length,
    badRows: 0,
    bad: [],
    oddRows: 0,
    firstMs: rows[0]![0]!,
    lastMs: rows.at(-1)![0]!,
    damage: null,
  };
}
