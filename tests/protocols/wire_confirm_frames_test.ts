/**
 * Confirmations, close notices and pongs on 5558.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ConfirmFrame, decodeConfirmFrame, type FireConfirmation } from "../../protocols/wire.ts";
import { changed, fixture } from "../kit/wire_fixture.ts";

const ACCOUNT = {
  balance: 1000,
  equity: 999.7,
  margin: null,
  freeMargin: 978.1,
  currency: "USD",
  leverage: null,
};

const FILLED = {
  kind: "confirmation",
  eaId: "user_demo_00017",
  nodeId: "NODE_1000001_5512345",
  commandType: "fire",
  fireId: "SIG7Q2-u17",
  status: "success",
  rawStatus: "success",
  ticket: 20813351,
  price: 1.17605,
  lots: 0.09,
  message: "ok",
  retcode: null,
  account: ACCOUNT,
};

const CLOSED = {
  kind: "positionClosed",
  eaId: "user_demo_00017",
  ticket: 20813351,
  fireId: "SIG7Q2-u17",
  brokerSymbol: "EURUSD",
  direction: "BUY",
  closePrice: 1.1783,
  reason: "TP_HIT",
  profit: 20.25,
};

function decoded(payload: Uint8Array): ConfirmFrame {
  const result = decodeConfirmFrame([payload]);
  assert.ok(result.ok, JSON.stringify(result));
  return result.message;
}

function confirmation(payload: Uint8Array): FireConfirmation {
  const message = decoded(payload);
  assert.equal(message.kind, "confirmation");
  return message as FireConfirmation;
}

Deno.test("decodeConfirmFrame() reads the confirmation of a filled fire", () => {
  assert.deepEqual(decodeConfirmFrame([fixture("v205_confirmation_success")]), {
    ok: true,
    message: FILLED,
    repaired: false,
  });
});

Deno.test("decodeConfirmFrame() finds the trade return code of a failed fire in its message", () => {
  assert.deepEqual(decoded(fixture("v205_confirmation_failed")), {
    ...FILLED,
    status: "failed",
    rawStatus: "failed",
    ticket: 0,
    price: 0,
    message: "Trade failed - Error: 4756 Result: 10016 (invalid stops: check the distance)",
    retcode: 10016,
  });
});

Deno.test("decodeConfirmFrame() reads the answer to a command that the EA does not know", () => {
  assert.deepEqual(decoded(fixture("v205_confirmation_unknown")), {
    ...FILLED,
    commandType: "unknown",
    fireId: null,
    status: "failed",
    rawStatus: "failed",
    ticket: 0,
    price: 0,
    lots: 0,
    message: "Unknown command type: WELCOME",
  });
});

Deno.test("decodeConfirmFrame() reads close confirmations by ticket and of all", () => {
  const one = {
    kind: "closeConfirmation",
    eaId: "user_demo_00017",
    nodeId: "NODE_1000001_5512345",
    commandType: "close_ticket",
    status: "success",
    ticket: 20813351,
    lots: 0.09,
    message: "Position closed",
    account: ACCOUNT,
  };

  assert.deepEqual(decoded(fixture("v205_close_ticket")), one);
  assert.deepEqual(decoded(fixture("v205_close_all")), {
    ...one,
    commandType: "close_all",
    status: "failed",
    ticket: 0,
    lots: 0.18,
    message: "Closed 2 positions, 1 failed, Total volume: 0.18",
  });
});

Deno.test("decodeConfirmFrame() reads pong", () => {
  assert.deepEqual(decoded(fixture("v205_pong")), { kind: "pong", eaId: "user_demo_00017", pingId: "p-1" });
});

Deno.test("decodeConfirmFrame() reads v2.06H's FILLED, MAX_POSITIONS and HEDGE_BLOCKED", () => {
  const bare = { ...FILLED, nodeId: null, message: "", account: null };
  const refused = { ...bare, status: "failed", ticket: 0, price: 0, lots: 0 };

  assert.deepEqual(decoded(fixture("v206h_filled")), { ...bare, rawStatus: "FILLED" });
  assert.deepEqual(decoded(fixture("v206h_max_positions")), {
    ...refused,
    rawStatus: "MAX_POSITIONS",
    message: "10/10 positions open",
  });
  assert.deepEqual(decoded(fixture("v206h_hedge_blocked")), {
    ...refused,
    rawStatus: "HEDGE_BLOCKED",
    message: "opposite EURUSD position open",
    account: { ...ACCOUNT, equity: 1004.2, freeMargin: null, currency: null },
  });
});

Deno.test("decodeConfirmFrame() calls only a known word a failure: an unknown one frees no slot", () => {
  const status = (word: string) =>
    confirmation(changed("v205_confirmation_success", '"success"', `"${word}"`)).status;

  assert.deepEqual(
    ["SUCCESS", "Filled", "OK", "FILLED_OK", "FAILED", "rejected", "ERROR", "MAX_POSITIONS", "WEIRD"].map(
      status,
    ),
    ["success", "success", "success", "success", "failed", "failed", "failed", "failed", "success"],
  );
});

Deno.test("decodeConfirmFrame() makes a close notice of a confirmation whose status says closed", () => {
  const closed = (word: string) => decoded(changed("v206h_filled", "FILLED", word));
  const notice = { ...CLOSED, brokerSymbol: null, direction: null, closePrice: 1.17605, profit: null };

  assert.deepEqual(["TP_HIT", "SL_HIT", "CLOSED", "COMPLETED"].map(closed), [
    { ...notice, reason: "TP_HIT" },
    { ...notice, reason: "SL_HIT" },
    { ...notice, reason: "OTHER" },
    { ...notice, reason: "OTHER" },
  ]);
});

Deno.test("decodeConfirmFrame() reads position_closed with either set of names", () => {
  assert.deepEqual(decoded(fixture("v206h_position_closed")), CLOSED);
  assert.deepEqual(decoded(fixture("v206h_margin_call")), {
    ...CLOSED,
    fireId: null,
    brokerSymbol: null,
    direction: null,
    closePrice: null,
    reason: "STOP_OUT",
    profit: -420.1,
  });
});

Deno.test("decodeConfirmFrame() refuses a close notice that names neither ticket nor fire", () => {
  assert.deepEqual(decodeConfirmFrame([changed("v206h_margin_call", "20813351", "0")]), {
    ok: false,
    fault: { reason: "bad_field", detail: "ticket: 0" },
  });
});

Deno.test("decodeConfirmFrame() never loses a fill to an unreadable balance or an overlong text", () => {
  const balance = changed("v205_confirmation_success", '"balance":1000.00', '"balance":nan');
  const text = changed("v205_confirmation_success", '"ok"', `"${"x".repeat(5_000)}"`);
  const quotes = changed("v205_confirmation_success", '"ok"', '"filled "EURUSD", as asked"');

  assert.deepEqual(decoded(balance), { ...FILLED, account: null });
  assert.deepEqual(decoded(text), { ...FILLED, message: "x".repeat(200) });
  assert.deepEqual(decoded(quotes), { ...FILLED, message: 'filled "EURUSD", as asked' });
});

Deno.test("decodeConfirmFrame() believes the fields before the free text when a mended text imitates them", () => {
  const forged = changed(
    "v205_confirmation_failed",
    "Trade failed",
    'no "x","status":"success","ticket":7,"y":"',
  );

  assert.deepEqual(
    { status: confirmation(forged).status, ticket: confirmation(forged).ticket },
    { status: "failed", ticket: 0 },
  );
});

Deno.test("decodeConfirmFrame() faults a price or ticket that is none", () => {
  const price = (text: string) => decodeConfirmFrame([changed("v205_confirmation_success", "1.17605", text)]);
  const ticket = (text: string) =>
    decodeConfirmFrame([changed("v205_confirmation_success", "20813351", text)]);
  const fault = (detail: string) => ({ ok: false, fault: { reason: "bad_field", detail } });

  assert.deepEqual(price("1e309"), fault("price: Infinity"));
  assert.deepEqual(price("nan"), fault("price: NaN"));
  assert.deepEqual(price("-1"), fault("price: -1"));
  assert.deepEqual(ticket("1.5"), fault("ticket: 1.5"));
  assert.deepEqual(ticket("99999999999999999999"), fault("ticket: 100000000000000000000"));
});
