/**
 * Tracking lines: the seed's fields in the seed's order, rounding, shadows, unknown ends, days.
 *
 * @module
 */
import assert from "node:assert/strict";
import { roundTo, trackingAppends, trackingLine } from "../../domain/tracking.ts";
import type { StoredEvent } from "../../protocols/events.ts";
import type { Outcome } from "../../protocols/outcome.ts";
import type { Signal } from "../../protocols/signal.ts";
import { pips, price } from "../../protocols/units.ts";
import { makeOutcome, makeSignal, TUESDAY_MS } from "../kit/signals.ts";

const DAY_MS = 86_400_000;

function resolved(seq: number, outcome: Partial<Outcome> = {}, changes: Partial<Signal> = {}): StoredEvent {
  const signal = makeSignal(changes);
  const event = { kind: "outcomeResolved", signal, outcome: makeOutcome(signal, outcome) } as const;
  return { seq, atMs: event.outcome.resolvedAtMs + 15, source: "outcomes", event };
}

const halted = (seq: number): StoredEvent => ({
  seq,
  atMs: TUESDAY_MS,
  source: "desk",
  event: { kind: "tradingHalted", by: "op", reason: "test", queuedFires: [] },
});

Deno.test("trackingLine() writes the seed's ten fields in the seed's order, then ours", () => {
  const line = trackingLine(
    resolved(42, { pips: pips(20.000000000000018), resolvedAtMs: TUESDAY_MS + 600_250 }),
  );

  assert.equal(
    line,
    '{"signal_id":"ELITE_RAPID_BB_SCALP_EURUSD_1783418400","symbol":"EURUSD","direction":"BUY",' +
      '"pattern_type":"BB_SCALP","confidence":82.5,"outcome":"WIN","pips_result":20,"timestamp":1783419000,' +
      '"datetime":"2026-07-07T10:10:00.250Z","trade_duration_minutes":10,"seq":42,"shadow":false,' +
      '"shadow_reason":null,"signal_class":"RAPID","session":"LONDON","entry_price":1.1,"sl":1.0985,"tp":1.102,' +
      '"exit_price":1.102,"stop_pips":15,"target_pips":20,"risk_reward":1.33,"r":1.333,' +
      '"max_favorable_excursion":20,"max_adverse_excursion":3,"spread_pips":1,' +
      '"signaled_at":"2026-07-07T10:00:00.000Z","gap":false,"feed_changed":false}',
  );
});

Deno.test("trackingLine() marks a shadow and says who vetoed it", () => {
  const line = trackingLine(
    resolved(1, { result: "LOSS", pips: pips(-15) }, { shadow: true, shadowReason: "news" }),
  );

  const { outcome, pips_result, shadow, shadow_reason } = JSON.parse(line!);
  assert.deepEqual({ outcome, pips_result, shadow, shadow_reason }, {
    outcome: "LOSS",
    pips_result: -15,
    shadow: true,
    shadow_reason: "news",
  });
});

Deno.test("trackingLine() leaves no line for an end nobody knows, nor for another event", () => {
  const unknown = resolved(1, { result: "UNKNOWN", pips: null, r: null, exitPrice: null });
  assert.deepEqual([trackingLine(unknown), trackingLine(halted(2))], [null, null]);
});

Deno.test("trackingAppends() passes over what the journal has, and takes the cursor to the batch's end", () => {
  const batch = [resolved(3), resolved(5), halted(6), resolved(9), halted(11)];

  const appends = trackingAppends(batch, 4);

  assert.deepEqual(appends, [{
    lines: [trackingLine(batch[1]!), trackingLine(batch[3]!)],
    cursor: 11,
    atMs: TUESDAY_MS + 600_000,
  }]);
  assert.deepEqual(trackingAppends(batch, 11), []);
});

Deno.test("trackingAppends() parts the lines of two UTC days, the first with the cursor of its last line", () => {
  const midnight = Math.ceil(TUESDAY_MS / DAY_MS) * DAY_MS;
  const times = [midnight - 1, midnight, midnight + 5];
  const batch = times.map((resolvedAtMs, i) => resolved(i + 1, { resolvedAtMs }));

  const appends = trackingAppends([...batch, halted(8)], 0);

  assert.deepEqual(appends, [
    { lines: [trackingLine(batch[0]!)], cursor: 1, atMs: midnight - 1 },
    { lines: [trackingLine(batch[1]!), trackingLine(batch[2]!)], cursor: 8, atMs: midnight + 5 },
  ]);
});

Deno.test("trackingAppends() moves the cursor alone when the batch leaves no line", () => {
  assert.deepEqual(trackingAppends([halted(7)], 3), [{ lines: [], cursor: 7, atMs: TUESDAY_MS }]);
});

Deno.test("roundTo() rounds the printed decimal half away from zero", () => {
  const cases = [[1.005, 2], [-1.005, 2], [22.599999999999998, 2], [1e-7, 2], [-1e-9, 2], [12.345, 1]];
  assert.deepEqual(cases.map(([value, places]) => roundTo(value!, places!)), [
    1.01,
    -1.01,
    22.6,
    0,
    0,
    12.3,
  ]);
  assert.equal(price(roundTo(1.17603, 5)), 1.17603);
});
