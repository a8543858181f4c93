/**
 * Commands byte by byte, read back by the text search of v2.05, and the promises that throw.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Command, encodeCommand } from "../../protocols/wire.ts";
import { type Direction, eaId, fireId, lots, price } from "../../protocols/units.ts";
import { readAsEa } from "../kit/ea_parser.ts";

type FireCommand = Extract<Command, { kind: "fire" }>;

const FIRE: FireCommand = {
  kind: "fire",
  eaId: eaId("user_demo_00017"),
  fireId: fireId("SIG7Q2-u17"),
  brokerSymbol: "EURUSD.r",
  direction: "BUY",
  stopLoss: price(1.1745),
  takeProfit: price(1.1783),
  lots: lots(0.09),
  digits: 5,
};

function text(command: Command): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(encodeCommand(command));
}

Deno.test("encodeCommand() writes a fire byte for byte as the old server did", () => {
  assert.equal(
    text(FIRE),
    '{"type":"fire","target_uuid":"user_demo_00017","fire_id":"SIG7Q2-u17","symbol":"EURUSD.r",' +
      '"direction":"BUY","entry":0,"sl":1.17450,"tp":1.17830,"lot":0.09}',
  );
});

Deno.test("encodeCommand() writes metals, yen pairs and whole lots with their own decimals", () => {
  const gold = {
    ...FIRE,
    brokerSymbol: "XAUUSD",
    digits: 2,
    stopLoss: price(3340.1),
    takeProfit: price(3329.95),
  };
  const yen = {
    ...FIRE,
    brokerSymbol: "USDJPY#",
    digits: 3,
    stopLoss: price(147),
    takeProfit: price(148.0006),
  };

  assert.equal(
    text({ ...gold, direction: "SELL", lots: lots(1) }),
    '{"type":"fire","target_uuid":"user_demo_00017","fire_id":"SIG7Q2-u17","symbol":"XAUUSD",' +
      '"direction":"SELL","entry":0,"sl":3340.10,"tp":3329.95,"lot":1.00}',
  );
  assert.equal(
    text({ ...yen, lots: lots(0.1 + 0.2) }),
    '{"type":"fire","target_uuid":"user_demo_00017","fire_id":"SIG7Q2-u17","symbol":"USDJPY#",' +
      '"direction":"BUY","entry":0,"sl":147.000,"tp":148.001,"lot":0.30}',
  );
});

Deno.test("encodeCommand() writes close_all, close_ticket and ping", () => {
  const target = FIRE.eaId;

  assert.deepEqual(
    [
      text({ kind: "closeAll", eaId: target }),
      text({ kind: "closeTicket", eaId: target, ticket: 20813351 }),
      text({ kind: "ping", eaId: target, pingId: "p-1" }),
    ],
    [
      '{"type":"close_all","target_uuid":"user_demo_00017"}',
      '{"type":"close_ticket","target_uuid":"user_demo_00017","ticket":20813351}',
      '{"type":"ping","target_uuid":"user_demo_00017","ping_id":"p-1"}',
    ],
  );
});

Deno.test("encodeCommand() is read back whole by the EA's text search, whatever the command", () => {
  const safe = fc.stringMatching(/^[ !#-[\]-~]{1,31}$/);
  const command = fc.record({
    eaId: fc.stringMatching(/^[ !#-[\]-~]{1,64}$/),
    fireId: safe,
    brokerSymbol: safe,
    direction: fc.constantFrom<Direction>("BUY", "SELL"),
    stopLoss: fc.integer({ min: 1, max: 99_999_999 }),
    takeProfit: fc.integer({ min: 1, max: 99_999_999 }),
    lots: fc.integer({ min: 1, max: 10_000 }),
    digits: fc.integer({ min: 0, max: 5 }),
  });

  fc.assert(
    fc.property(command, (drawn) => {
      const fire = {
        kind: "fire",
        eaId: eaId(drawn.eaId),
        fireId: fireId(drawn.fireId),
        brokerSymbol: drawn.brokerSymbol,
        direction: drawn.direction,
        stopLoss: price(drawn.stopLoss / 10 ** drawn.digits),
        takeProfit: price(drawn.takeProfit / 10 ** drawn.digits),
        lots: lots(drawn.lots / 100),
        digits: drawn.digits,
      } as const;

      const frame = encodeCommand(fire);

      assert.ok(frame.length < 4_096 && frame.every((byte) => byte >= 0x20 && byte < 0x7f));
      assert.deepEqual(readAsEa(frame), {
        type: "fire",
        targetUuid: drawn.eaId,
        fireId: drawn.fireId,
        symbol: drawn.brokerSymbol,
        direction: drawn.direction,
        entry: 0,
        stopLoss: fire.stopLoss,
        takeProfit: fire.takeProfit,
        lot: fire.lots,
        ticket: 0,
        pingId: "",
      });
    }),
    { numRuns: 1_000, seed: 6 },
  );
});

Deno.test("encodeCommand() is read back by the EA for closes and pings too", () => {
  const close = readAsEa(encodeCommand({ kind: "closeTicket", eaId: FIRE.eaId, ticket: 20813351 }));
  const ping = readAsEa(encodeCommand({ kind: "ping", eaId: FIRE.eaId, pingId: "p-1" }));

  assert.deepEqual([close.type, close.targetUuid, close.ticket], [
    "close_ticket",
    "user_demo_00017",
    20813351,
  ]);
  assert.deepEqual([ping.type, ping.targetUuid, ping.pingId], ["ping", "user_demo_00017", "p-1"]);
});

Deno.test("encodeCommand() throws on whatever the EA could misread", () => {
  const unsafe: readonly (readonly [Partial<FireCommand>, string])[] = [
    [{ eaId: eaId("") }, "target_uuid"],
    [{ eaId: eaId('a"b') }, "target_uuid"],
    [{ eaId: eaId("a\\b") }, "target_uuid"],
    [{ eaId: eaId("é") }, "target_uuid"],
    [{ eaId: eaId("x".repeat(65)) }, "target_uuid"],
    [{ fireId: fireId("x".repeat(32)) }, "fire_id"],
    [{ fireId: fireId("") }, "fire_id"],
    [{ brokerSymbol: "EUR\nUSD" }, "symbol"],
    [{ brokerSymbol: "ÉURUSD" }, "symbol"],
    [{ direction: "Buy" as Direction }, "direction"],
    [{ direction: "" as Direction }, "direction"],
    [{ stopLoss: price(NaN) }, "sl"],
    [{ stopLoss: price(Infinity) }, "sl"],
    [{ stopLoss: price(0) }, "sl"],
    [{ stopLoss: price(0.000001) }, "sl"],
    [{ stopLoss: price(-1.1) }, "sl"],
    [{ takeProfit: price(1e21) }, "tp"],
    [{ takeProfit: price(0) }, "tp"],
    [{ lots: lots(0) }, "lot"],
    [{ lots: lots(0.001) }, "lot"],
    [{ lots: lots(0.0944) }, "lot"],
    [{ lots: lots(NaN) }, "lot"],
    [{ lots: lots(1e6) }, "lot"],
    [{ digits: 1.5 }, "digits"],
    [{ digits: 9 }, "digits"],
  ];

  for (const [change, name] of unsafe) {
    const pattern = new RegExp(`^Error: Cannot encode command as ${name} must .*: current value is `, "s");
    assert.throws(() => encodeCommand({ ...FIRE, ...change }), pattern);
  }
});

Deno.test("encodeCommand() throws on tickets that are none", () => {
  for (const ticket of [0, -1, 1.5, NaN, 2 ** 53]) {
    assert.throws(
      () => encodeCommand({ kind: "closeTicket", eaId: FIRE.eaId, ticket }),
      new RegExp("^Error: Cannot encode command as ticket must be a whole number >= 1: current value is"),
    );
  }
});
