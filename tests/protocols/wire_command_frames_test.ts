/**
 * HELLO and HEARTBEAT as v2.05 and v2.06H say them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type CommandFrame, decodeCommandFrame } from "../../protocols/wire.ts";
import { bytes, changed, fixture } from "../kit/wire_fixture.ts";

const IDENTITY = bytes("user_demo_0001");

function decoded(payload: Uint8Array): { message: CommandFrame; repaired: boolean } {
  const result = decodeCommandFrame([IDENTITY, payload]);
  assert.ok(result.ok, JSON.stringify(result));
  return { message: result.message, repaired: result.repaired };
}

const HELLO = {
  kind: "hello",
  eaId: "user_demo_00017",
  nodeId: "NODE_1000001_5512345",
  accountLogin: "1000001",
  broker: "Demo-Server",
  accountMode: "unknown",
  account: { balance: 1000, equity: 1000, margin: 0, freeMargin: 1000, currency: "USD", leverage: 500 },
  version: "2.05",
};

const HEARTBEAT = {
  kind: "heartbeat",
  eaId: "user_demo_00017",
  nodeId: "NODE_1000001_5512345",
  accountLogin: null,
  broker: null,
  accountMode: "unknown",
  account: { balance: 1000, equity: 998.4, margin: 21.7, freeMargin: 976.7, currency: "USD", leverage: 500 },
  positions: null,
};

Deno.test("decodeCommandFrame() reads HELLO of v2.05 field by field", () => {
  assert.deepEqual(decoded(fixture("v205_hello")), { message: HELLO, repaired: false });
});

Deno.test("decodeCommandFrame() reads HEARTBEAT of v2.05, which lists no positions", () => {
  assert.deepEqual(decoded(fixture("v205_heartbeat")), { message: HEARTBEAT, repaired: false });
});

Deno.test("decodeCommandFrame() reads HEARTBEAT of v2.06H with its positions", () => {
  const { message } = decoded(fixture("v206h_heartbeat"));

  assert.deepEqual(message, {
    ...HEARTBEAT,
    nodeId: null,
    accountLogin: "1000001",
    broker: "Demo-Server",
    account: {
      balance: 1000,
      equity: 1004.2,
      margin: null,
      freeMargin: null,
      currency: "USD",
      leverage: 100,
    },
    positions: [{
      ticket: 20813351,
      fireId: "SIG7Q2-u17",
      brokerSymbol: "EURUSD",
      direction: "BUY",
      lots: 0.09,
      openPrice: 1.17605,
      profit: 4.05,
    }],
  });
});

Deno.test("decodeCommandFrame() reads the planned names of v2.06H, numbers quoted or not", () => {
  const { message } = decoded(fixture("v206h_heartbeat_plan_names"));

  assert.deepEqual(message, {
    ...HEARTBEAT,
    nodeId: null,
    accountLogin: "1000001",
    account: {
      balance: 1000,
      equity: 1004.2,
      margin: null,
      freeMargin: null,
      currency: null,
      leverage: null,
    },
    positions: [
      {
        ticket: 20813351,
        fireId: null,
        brokerSymbol: "XAUUSD",
        direction: "SELL",
        lots: 0.02,
        openPrice: 3340.15,
        profit: -1.5,
      },
      {
        ticket: 20813352,
        fireId: null,
        brokerSymbol: "EURUSD",
        direction: "BUY",
        lots: 0.09,
        openPrice: 1.17605,
        profit: null,
      },
    ],
  });
});

Deno.test("decodeCommandFrame() accepts target_uuid, user_uuid and uuid, in this order of trust", () => {
  const named = (name: string) => decoded(changed("v205_hello", '"target_uuid"', `"${name}"`)).message.eaId;
  const both = changed("v205_hello", '"target_uuid"', '"uuid":"other_demo_1","target_uuid"');
  const empty = changed("v205_hello", '"target_uuid"', '"target_uuid":"","uuid"');

  assert.deepEqual(["target_uuid", "user_uuid", "uuid"].map(named), [
    "user_demo_00017",
    "user_demo_00017",
    "user_demo_00017",
  ]);
  assert.equal(decoded(both).message.eaId, "user_demo_00017");
  assert.equal(decoded(empty).message.eaId, "user_demo_00017");
});

Deno.test("decodeCommandFrame() accepts an empty delimiter frame before the payload", () => {
  const result = decodeCommandFrame([IDENTITY, new Uint8Array(), fixture("v205_hello")]);

  assert.deepEqual(result, { ok: true, message: HELLO, repaired: false });
});

Deno.test("decodeCommandFrame() has no account when balance or equity is not said", () => {
  const { message } = decoded(changed("v205_hello", '"equity"', '"net"'));

  assert.deepEqual(message, { ...HELLO, account: null });
});

Deno.test("decodeCommandFrame() reads a windows-1252 company name as a repaired message", () => {
  assert.deepEqual(decoded(fixture("ansi_hello")), { message: HELLO, repaired: true });
});

Deno.test("decodeCommandFrame() mends unescaped quotes and backslashes inside texts", () => {
  const broker = changed("quoted_hello", "Demo-Server", 'A "B", C: "D"\\');

  assert.deepEqual(decoded(fixture("quoted_hello")), { message: HELLO, repaired: true });
  assert.deepEqual(decoded(broker), {
    message: { ...HELLO, broker: 'A "B", C: "D"\\' },
    repaired: true,
  });
});

Deno.test("decodeCommandFrame() faults a heartbeat of which one position cannot be read", () => {
  const result = decodeCommandFrame([
    IDENTITY,
    changed("v206h_heartbeat", '"open_price":1.17605', '"open_price":0'),
  ]);

  assert.deepEqual(result, {
    ok: false,
    fault: { reason: "bad_field", detail: "positions.0.openPrice: 0" },
  });
});

Deno.test("decodeCommandFrame() reads the account's mode where a later EA says it", () => {
  const mode = (word: string) => {
    const { message } = decoded(changed("v205_hello", '"leverage"', `"account_mode":"${word}","leverage"`));
    return message.accountMode;
  };

  assert.deepEqual(["demo", "REAL", "contest"].map(mode), ["demo", "real", "unknown"]);
});
