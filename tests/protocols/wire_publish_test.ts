/**
 * Signals as subscribers read them: the fields of the old engine, and ours.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  decodeTelemetryFrame,
  encodeSignal,
  encodeSignalJson,
  encodeTick,
  signalTopic,
  tickTopic,
} from "../../protocols/wire.ts";
import { confidence, eaId, symbolName } from "../../protocols/units.ts";
import { fixture } from "../kit/wire_fixture.ts";
import { makeSignal } from "../kit/signals.ts";

Deno.test("encodeSignal() writes the old prefix and the old fields, then ours, byte for byte", () => {
  const signal = makeSignal({
    verdicts: [{ filter: "spread", verdict: "pass", reason: "1.0 of 3.8 pips", adjustment: 0 }],
    riskReward: 1.33,
  });

  assert.equal(
    encodeSignal(signal),
    'ELITE_GUARD_SIGNAL {"signal_id":"ELITE_RAPID_BB_SCALP_EURUSD_1783418400","symbol":"EURUSD",' +
      '"pair":"EURUSD","direction":"BUY","pattern":"BB_SCALP","pattern_type":"BB_SCALP",' +
      '"signal_class":"RAPID","confidence":82.5,"quality_score":82.5,"quality_tier":"PREMIUM",' +
      '"entry_price":1.1,"stop_loss":1.0985,"take_profit":1.102,"stop_pips":15,"target_pips":20,' +
      '"risk_reward":1.33,"timestamp":"2026-07-07T10:00:00.000+00:00","session":"LONDON",' +
      '"signaled_at_ms":1783418400000,"candle_opened_at_ms":1783418100000,"atr":0.0005,"spread_pips":1,' +
      '"structure_id":null,"confidence_parts":[{"name":"wick","value":0.7,"weight":1}],' +
      '"filters":[{"filter":"spread","verdict":"pass","reason":"1.0 of 3.8 pips","adjustment":0}]}',
  );
});

Deno.test("encodeSignalJson() is the same without the prefix, on one line, and never names an EA", () => {
  const signal = makeSignal({ feed: eaId("user_demo_00017") });

  assert.equal(`ELITE_GUARD_SIGNAL ${encodeSignalJson(signal)}`, encodeSignal(signal));
  assert.ok(!encodeSignalJson(signal).includes("user_demo_00017"));
});

Deno.test("encodeSignalJson() names the quality as the old engine did: PREMIUM from 75, STANDARD from 65", () => {
  const tier = (value: number) =>
    JSON.parse(encodeSignalJson(makeSignal({ confidence: confidence(value) }))).quality_tier;

  assert.deepEqual([75, 74.9, 65, 64.9].map(tier), ["PREMIUM", "STANDARD", "STANDARD", "ACCEPTABLE"]);
});

Deno.test("signalTopic() and tickTopic() are a word, a dot and the symbol", () => {
  assert.deepEqual([signalTopic(symbolName("EURUSD")), tickTopic(symbolName("XAUUSD"))], [
    "signal.EURUSD",
    "tick.XAUUSD",
  ]);
});

Deno.test("encodeTick() makes valid JSON of a tick that had to be mended, and loses nothing the house reads", () => {
  const mended = decodeTelemetryFrame([fixture("single_quoted_tick")]);
  assert.ok(mended.ok && mended.message.kind === "tick");

  const line = encodeTick(mended.message);

  assert.equal(
    new TextDecoder().decode(line),
    '{"type":"TICK","node_id":"NODE_1000001_5512345","user_uuid":"user_demo_00017","symbol":"EURUSD.r",' +
      '"bid":1.17602,"ask":1.17603,"timestamp":"2025.09.12 14:03:36"}',
  );
  assert.deepEqual(decodeTelemetryFrame([line]), { ...mended, repaired: false });
});
