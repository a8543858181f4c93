/**
 * Tick history contract: what was recorded reads back bit for bit, in recorded order, across days and kills.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { TickHistory } from "../../protocols/ports.ts";
import type { Tick } from "../../protocols/tick.ts";
import { eaId, price, symbolName } from "../../protocols/units.ts";
import { makeTick, TUESDAY_MS } from "../kit/signals.ts";

/** A history under test, on a disk of its own. */
export interface HistoryUnderTest {
  readonly history: TickHistory;
  /** The history as it is after the process was killed. */
  reopen(): TickHistory;
  dispose(): void;
}

const EURUSD = symbolName("EURUSD");
const DAY_MS = 86_400_000;

/** Ticks over four days, some late, some stamped ahead of their arrival, prices of any length. */
const anyTicks: fc.Arbitrary<Tick[]> = fc.array(
  fc.record({
    symbol: fc.constantFrom("EURUSD", "XAUUSD", "../x"),
    bid: fc.oneof(
      fc.double({ min: 1e-7, max: 1e6, noNaN: true }),
      fc.constantFrom(1.17603, 2650.25, 0.1 + 0.2),
    ),
    ask: fc.constantFrom(1.17604, 2650.45, 1e-7, 1e21),
    step: fc.oneof(fc.nat(2_000), fc.nat(DAY_MS)),
    delay: fc.oneof(fc.integer({ min: -3_600_000, max: 40_000_000 }), fc.constantFrom(0, 0.25)),
    feed: fc.constantFrom("ea-1", 'ea "2"', "ea\n3"),
  }),
  { maxLength: 30 },
).map((made) => {
  let receivedAtMs = TUESDAY_MS;
  return made.map(({ symbol, bid, ask, step, delay, feed }) => {
    receivedAtMs = Math.min(receivedAtMs + step, TUESDAY_MS + 4 * DAY_MS);
    const atMs = receivedAtMs - delay;
    return {
      symbol: symbolName(symbol),
      bid: price(bid),
      ask: price(ask),
      atMs,
      receivedAtMs,
      feed: eaId(feed),
    };
  });
});

/** Registers the suite for one kind of history. */
export function tickHistoryContract(name: string, open: () => HistoryUnderTest): void {
  const test = (sentence: string, run: (under: HistoryUnderTest) => void) =>
    Deno.test(`${name}: ${sentence}`, () => {
      const under = open();
      try {
        run(under);
      } finally {
        under.dispose();
      }
    });

  test("a symbol nobody recorded has no ticks", ({ history }) => {
    assert.deepEqual([...history.read(EURUSD, 0)], []);
  });

  test("a recorded tick is read at once, arrival and feed kept", ({ history }) => {
    const tick = makeTick(TUESDAY_MS, 1.17603, { receivedAtMs: TUESDAY_MS + 120 });

    history.record(tick);

    assert.deepEqual([...history.read(EURUSD, TUESDAY_MS)], [tick]);
    assert.deepEqual([...history.read(EURUSD, TUESDAY_MS + 1)], []);
    assert.deepEqual([...history.read(symbolName("GBPUSD"), 0)], []);
  });

  test("a reader may stop early, and another begins anew", ({ history }) => {
    const ticks = [0, 1, 2].map((i) => makeTick(TUESDAY_MS + i, 1.1));
    for (const tick of ticks) history.record(tick);

    for (const tick of history.read(EURUSD, 0)) {
      assert.deepEqual(tick, ticks[0]);
      break;
    }

    assert.deepEqual([...history.read(EURUSD, 0)], ticks);
  });

  test("a flushed tick survives a kill, and recording goes on behind it", (under) => {
    const [first, second] = [makeTick(TUESDAY_MS, 1.1), makeTick(TUESDAY_MS + 500, 1.2)];
    under.history.record(first);
    under.history.flush();

    const history = under.reopen();
    history.record(second);

    assert.deepEqual([...history.read(EURUSD, 0)], [first, second]);
  });

  test("a tick without a time is refused", ({ history }) => {
    assert.throws(() => history.record(makeTick(NaN, 1.1)), /Cannot record tick/);
    assert.deepEqual([...history.read(EURUSD, 0)], []);
  });

  Deno.test(`${name}: whatever is recorded reads back the same, from any time on, over days and reopenings`, () => {
    fc.assert(
      fc.property(anyTicks, fc.nat(30), fc.integer({ min: -1, max: 5 }), (ticks, killAt, day) => {
        const under = open();
        let history = under.history;
        for (const [i, tick] of ticks.entries()) {
          if (i === killAt) {
            history.flush();
            history = under.reopen();
          }
          history.record(tick);
        }
        const fromMs = TUESDAY_MS + day * DAY_MS;

        const found = ["EURUSD", "XAUUSD", "../x"].map((s) => [...history.read(symbolName(s), fromMs)]);

        under.dispose();
        const expected = ["EURUSD", "XAUUSD", "../x"].map((s) =>
          ticks.filter((tick) => tick.symbol === s && tick.atMs >= fromMs)
        );
        assert.deepEqual(found, expected);
      }),
      { numRuns: 60 },
    );
  });
}
