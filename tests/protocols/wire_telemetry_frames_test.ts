/**
 * Handshake, heartbeat, TICK, OHLC and DISCONNECT on 5556.
 *
 * @module
 */
import assert from "node:assert/strict";
import { decodeTelemetryFrame, type TelemetryFrame } from "../../protocols/wire.ts";
import { bytes, changed, fixture } from "../kit/wire_fixture.ts";

const STAMP = "2025.09.12 14:03:36";

const TICK = {
  kind: "tick",
  eaId: "user_demo_00017",
  nodeId: "NODE_1000001_5512345",
  brokerSymbol: "EURUSD.r",
  bid: 1.17602,
  ask: 1.17603,
  brokerTimeMs: Date.UTC(2025, 8, 12, 14, 3, 36),
};

function decoded(payload: Uint8Array): TelemetryFrame {
  const result = decodeTelemetryFrame([payload]);
  assert.ok(result.ok, JSON.stringify(result));
  return result.message;
}

function faultOf(payload: Uint8Array): string {
  const result = decodeTelemetryFrame([payload]);
  assert.ok(!result.ok, "expected a fault");
  return `${result.fault.reason} ${result.fault.detail}`;
}

Deno.test("decodeTelemetryFrame() reads TICK, its stamp as if it were UTC", () => {
  assert.deepEqual(decodeTelemetryFrame([fixture("v205_tick")]), {
    ok: true,
    message: TICK,
    repaired: false,
  });
});

Deno.test("decodeTelemetryFrame() reads the handshake, the only word on the chart symbol", () => {
  assert.deepEqual(decoded(fixture("v205_handshake")), {
    kind: "handshake",
    eaId: "user_demo_00017",
    nodeId: "NODE_1000001_5512345",
    accountLogin: "1000001",
    broker: "Demo-Server",
    version: "2.05",
    chartSymbol: "EURUSD.r",
    symbols: ["EURUSD.r", "GBPUSD.r", "XAUUSD.r"],
    account: { balance: 1000, equity: 1000, margin: null, freeMargin: null, currency: "USD", leverage: 500 },
  });
});

Deno.test("decodeTelemetryFrame() reads the lower-case heartbeat as telemetry", () => {
  assert.deepEqual(decoded(fixture("v205_telemetry")), {
    kind: "telemetry",
    eaId: "user_demo_00017",
    nodeId: "NODE_1000001_5512345",
    account: {
      balance: 1000,
      equity: 998.4,
      margin: null,
      freeMargin: 976.7,
      currency: "USD",
      leverage: 500,
    },
  });
});

Deno.test("decodeTelemetryFrame() reads OHLC", () => {
  assert.deepEqual(decoded(fixture("v205_ohlc")), {
    kind: "ohlc",
    eaId: "user_demo_00017",
    brokerSymbol: "EURUSD.r",
    timeframe: "M1",
    brokerOpenedAtMs: 1_757_685_780_000,
    open: 1.176,
    high: 1.17612,
    low: 1.17595,
    close: 1.17602,
  });
});

Deno.test("decodeTelemetryFrame() reads DISCONNECT", () => {
  assert.deepEqual(decoded(fixture("v205_disconnect")), {
    kind: "disconnect",
    eaId: "user_demo_00017",
    nodeId: "NODE_1000001_5512345",
  });
});

Deno.test("decodeTelemetryFrame() strips the trailing NUL and reads single quotes as a repaired message", () => {
  assert.deepEqual(decodeTelemetryFrame([fixture("nul_tick")]), { ok: true, message: TICK, repaired: false });
  assert.deepEqual(decodeTelemetryFrame([fixture("single_quoted_tick")]), {
    ok: true,
    message: TICK,
    repaired: true,
  });
});

Deno.test("decodeTelemetryFrame() reads quoted numbers, a numeric node and an epoch of seconds", () => {
  const quoted = changed("v205_tick", '"bid":1.17602', '"bid":"1.17602"');
  const numbered = changed("v205_tick", '"NODE_1000001_5512345"', "5512345");
  const epoch = changed("v205_tick", `"timestamp":"${STAMP}"`, '"ts":1757685816');
  const quotedEpoch = changed("v205_tick", STAMP, "1757685816");

  assert.deepEqual(decoded(quoted), TICK);
  assert.deepEqual(decoded(numbered), { ...TICK, nodeId: "5512345" });
  assert.deepEqual(decoded(epoch), TICK);
  assert.deepEqual(decoded(quotedEpoch), TICK);
});

Deno.test("decodeTelemetryFrame() passes crossed prices on: they are the relay's business", () => {
  assert.deepEqual(decoded(changed("v205_tick", '"ask":1.17603', '"ask":1.17601')), {
    ...TICK,
    ask: 1.17601,
  });
});

Deno.test("decodeTelemetryFrame() passes an unknown symbol on and refuses one that could not be commanded", () => {
  assert.deepEqual(decoded(changed("v205_tick", "EURUSD.r", "#Brent x")), {
    ...TICK,
    brokerSymbol: "#Brent x",
  });
  assert.equal(faultOf(changed("v205_tick", "EURUSD.r", "")), 'bad_field symbol: ""');
  assert.equal(faultOf(changed("v205_tick", "EURUSD.r", "ÉURUSD")), 'bad_field symbol: "ÉURUSD"');
  assert.equal(faultOf(changed("v205_tick", "EURUSD.r", 'EUR"USD')), 'bad_field symbol: "EUR\\"USD"');
});

Deno.test("decodeTelemetryFrame() faults prices that are none", () => {
  const bid = (text: string) => faultOf(changed("v205_tick", '"bid":1.17602', `"bid":${text}`));

  assert.deepEqual(["0", "-1.1", "1e309", "NaN", "-nan(ind)", '"0.000"', '"1e3"', "null", "[1]"].map(bid), [
    "bad_field bid: 0",
    "bad_field bid: -1.1",
    "bad_field bid: Infinity",
    "bad_field bid: NaN",
    "bad_field bid: NaN",
    'bad_field bid: "0.000"',
    'bad_field bid: "1e3"',
    "bad_field bid: null",
    "bad_field bid: [1]",
  ]);
});

Deno.test("decodeTelemetryFrame() decodes 2099 and faults 1970, the 30th of February and other nonsense", () => {
  const stamped = (text: string) => changed("v205_tick", `"${STAMP}"`, text);

  assert.deepEqual(decoded(stamped('"2099.12.31 23:59:59"')), {
    ...TICK,
    brokerTimeMs: Date.UTC(2099, 11, 31, 23, 59, 59),
  });
  assert.deepEqual(decoded(stamped('"2024.02.29 00:00:00"')), {
    ...TICK,
    brokerTimeMs: Date.UTC(2024, 1, 29),
  });
  const nonsense = [
    '"1970.01.01 00:00:00"',
    '"2101.01.01 00:00:00"',
    '"2025.02.29 12:00:00"',
    '"2025.13.01 12:00:00"',
    '"2025.09.00 12:00:00"',
    '"2025.09.12 24:00:00"',
    '"2025.09.12 14:60:00"',
    '"2025.09.12"',
    '""',
    "0",
    "1e309",
    "1757685816000",
    "null",
  ];
  assert.deepEqual(
    nonsense.map((text) => faultOf(stamped(text)).slice(0, "bad_field timestamp:".length)),
    nonsense.map(() => "bad_field timestamp:"),
  );
});

Deno.test("decodeTelemetryFrame() reads a heartbeat whose unread margin level is nan, and faults a nan balance", () => {
  const level = changed("v205_telemetry", "4600.92", "-nan(ind)");
  const balance = changed("v205_telemetry", "1000.00", "nan");

  assert.equal(decoded(level).kind, "telemetry");
  assert.equal(faultOf(balance), "bad_field account.balance: NaN");
});

Deno.test("decodeTelemetryFrame() refuses an id that could not be sent back", () => {
  assert.equal(
    faultOf(changed("v205_tick", "user_demo_00017", "user\\u0000demo")),
    'bad_field target_uuid: "user\\u0000demo"',
  );
  assert.equal(faultOf(changed("v205_tick", '"user_demo_00017"', "17")), "bad_field target_uuid: 17");
  assert.equal(faultOf(changed("v205_tick", "user_uuid", "user_name")), 'missing_uuid type: "TICK"');
});

Deno.test("decodeTelemetryFrame() knows no messages of 5555 or 5558, nor of other EAs", () => {
  assert.equal(faultOf(fixture("v205_hello")), 'unknown_type type: "HELLO"');
  assert.equal(faultOf(fixture("v205_confirmation_success")), 'unknown_type type: "confirmation"');
  assert.equal(faultOf(bytes('{"type":"candle_batch"}')), 'unknown_type type: "candle_batch"');
  assert.equal(faultOf(bytes('{"type":["TICK"]}')), 'unknown_type type: ["TICK"]');
  assert.equal(faultOf(bytes("{}")), "unknown_type type: undefined");
});
