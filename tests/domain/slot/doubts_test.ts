/**
 * Unanswered fires: when they become ambiguous, and what proves that they opened nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hearTick, reconcile, runOverdue, type SlotLedger } from "../../../domain/slot.ts";
import { AUTOFIRE_DEFAULTS } from "../../../protocols/autofire.ts";
import type { Fire } from "../../../protocols/fire.ts";
import { fireId, lots, money, price } from "../../../protocols/units.ts";
import type { AccountReport } from "../../../protocols/wire.ts";
import {
  brief,
  contextOf,
  eaTick,
  filledFire,
  makeHeartbeat,
  moment,
  NODE,
  NOW,
  readyLedger,
  sentFire,
} from "../../kit/slots.ts";

const OTHER_NODE = "NODE_1000001_2";
const ticked = (ledger: SlotLedger, times: number) => {
  for (let nth = 1; nth <= times; nth++) {
    ledger = hearTick(ledger, eaTick(1.0999, NOW + nth * 100), "EURUSD.r", moment(NOW + nth * 100)).ledger;
  }
  return ledger;
};
const sentAt = (ledger: SlotLedger) => ({
  ...ledger,
  evidence: { ...ledger.evidence, sentAtTick: { [fireId("F7Q2K9-u17")]: ledger.chart.ticks } },
});

Deno.test("a fire is ambiguous 20 s after it went out, if the chart ticked meanwhile", () => {
  const ledger = ticked(sentAt(readyLedger([sentFire()])), 2);

  assert.deepEqual(brief(runOverdue(ledger, AUTOFIRE_DEFAULTS, moment(NOW + 20_000))).fires, []);
  const late = runOverdue(ledger, AUTOFIRE_DEFAULTS, moment(NOW + 20_001));
  assert.deepEqual(brief(late).events, ["fireAmbiguous"]);
  assert.equal(late.fires[0]?.note, "no answer for 20 s, though the chart ticked 2 times");
  assert.deepEqual(
    brief(runOverdue(ledger, AUTOFIRE_DEFAULTS, { nowMs: NOW + 20_001, slackMs: 1 })).fires,
    [],
  );
});

Deno.test("a fire stays pending while the chart does not tick: it may still be read", () => {
  const ledger = ticked(sentAt(readyLedger([sentFire()])), 1);

  assert.deepEqual(brief(runOverdue(ledger, AUTOFIRE_DEFAULTS, moment(NOW + 3_600_000))).fires, []);
});

Deno.test("three fires that were never answered pause the EA", () => {
  const fires = ["F1", "F2", "F3"].map((id) => sentFire({ id: fireId(id) }));
  const step = runOverdue(ticked(readyLedger(fires), 2), AUTOFIRE_DEFAULTS, moment(NOW + 20_001));

  assert.deepEqual(brief(step).conditions, ["raise EA_CIRCUIT_OPEN"]);
  assert.equal(step.ledger.circuit.openUntilMs, NOW + 620_001);
});

const doubtful = (changes: Partial<Fire> = {}) => sentFire({ status: "ambiguous", ...changes });
const beats = (
  ledger: SlotLedger,
  count: number,
  changes: Parameters<typeof makeHeartbeat>[1] = {},
  account: Partial<AccountReport> = {},
) => {
  const ends: string[] = [];
  for (let nth = 1; nth <= count; nth++) {
    const step = reconcile(ledger, makeHeartbeat(account, changes), contextOf(NOW + nth * 30_000));
    ledger = step.ledger;
    ends.push(...step.fires.map((fire) => fire.status));
  }
  return ends;
};

Deno.test("a v2.05 fire is proved not executed by a new session and two heartbeats as before it", () => {
  const ledger = readyLedger([doubtful()]);

  assert.deepEqual(beats(ledger, 1, { nodeId: OTHER_NODE }), []);
  assert.deepEqual(beats(ledger, 2, { nodeId: OTHER_NODE }), ["expired"]);
});

Deno.test("a v2.05 fire stays ambiguous in the same session, for ever", () => {
  assert.deepEqual(beats(readyLedger([doubtful()]), 20), []);
  assert.deepEqual(beats(readyLedger([doubtful()]), 20, { nodeId: null }), []);
});

Deno.test("a v2.05 fire stays ambiguous when margin or balance moved, or were not known before it", () => {
  const anew = { nodeId: OTHER_NODE };

  assert.deepEqual(beats(readyLedger([doubtful()]), 5, anew, { margin: money(68.21) }), []);
  assert.deepEqual(beats(readyLedger([doubtful()]), 5, anew, { balance: money(9_998) }), []);
  assert.deepEqual(beats(readyLedger([doubtful({ preSendMargin: null })]), 5, anew), []);
  assert.deepEqual(beats(readyLedger([doubtful({ preSendBalance: null })]), 5, anew), []);
});

Deno.test("a v2.05 fire stays ambiguous while another one is, or when a position changed after it went out", () => {
  const anew = { nodeId: OTHER_NODE };
  const two = readyLedger([doubtful(), doubtful({ id: fireId("F2") })]);
  const changed = readyLedger([doubtful(), filledFire({ id: fireId("F2"), marginMoney: money(1) })]);

  assert.deepEqual(beats(two, 5, anew), []);
  assert.deepEqual(beats(changed, 5, anew).filter((status) => status === "expired"), []);
});

Deno.test("a v2.06H fire is proved not executed by two heartbeats without it, after the chart ticked thrice", () => {
  const listed = { positions: [] };
  const read = ticked(sentAt(readyLedger([doubtful()])), 3);
  const unread = ticked(sentAt(readyLedger([doubtful()])), 2);

  assert.deepEqual([beats(read, 1, listed), beats(read, 2, listed)], [[], ["expired"]]);
  assert.deepEqual(beats(unread, 5, listed), []);
  assert.deepEqual(beats(unread, 2, { ...listed, nodeId: OTHER_NODE }), ["expired"]);
});

Deno.test("a v2.06H heartbeat that lists it fills an ambiguous fire, and the count begins anew", () => {
  const read = ticked(sentAt(readyLedger([doubtful()])), 3);
  const position = {
    ticket: 7,
    fireId: fireId("F7Q2K9-u17"),
    brokerSymbol: "EURUSD.r",
    direction: "BUY" as const,
    lots: lots(0.29),
    openPrice: price(1.1),
    profit: null,
  };

  assert.deepEqual(beats(read, 3, { positions: [position] }), ["filled"]);
  assert.equal(sentFire().sentToNodeId, NODE);
});
