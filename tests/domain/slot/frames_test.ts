/**
 * An EA's own frames: who it is, when it may be fired at, and what a new session means for what was on its way.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  hearDisconnect,
  hearHandshake,
  hearHello,
  hearTelemetry,
  reconcile,
  type SlotLedger,
} from "../../../domain/slot.ts";
import { fireId, money } from "../../../protocols/units.ts";
import type { Handshake, Hello, Telemetry } from "../../../protocols/wire.ts";
import { makeEa } from "../../kit/decisions.ts";
import {
  brief,
  contextOf,
  EA,
  filledFire,
  makeHeartbeat,
  makeLedger,
  makeReport,
  NODE,
  NOW,
  readyLedger,
  sentFire,
} from "../../kit/slots.ts";

const OTHER_NODE = "NODE_1000001_2";
const hello = (changes: Partial<Hello> = {}): Hello => ({
  kind: "hello",
  eaId: EA,
  nodeId: NODE,
  accountLogin: "1000001",
  broker: "Demo-Server",
  version: "2.05",
  account: makeReport(),
  accountMode: "unknown",
  ...changes,
});
const handshake: Handshake = {
  kind: "handshake",
  eaId: EA,
  nodeId: NODE,
  accountLogin: "1000001",
  broker: "Demo Ltd",
  version: "2.05",
  chartSymbol: "EURUSD.r",
  symbols: [],
  account: makeReport(),
};
const beat = (ledger: SlotLedger, atMs = NOW, changes: Parameters<typeof makeHeartbeat>[1] = {}) =>
  reconcile(ledger, makeHeartbeat({}, changes), contextOf(atMs));

Deno.test("a ledger lets no fire go until its first heartbeat was compared; HELLO alone is not one", () => {
  const greeted = hearHello(makeLedger(), hello(), NOW);
  const compared = beat(greeted.ledger);

  assert.deepEqual([greeted.ledger.phase, compared.ledger.phase], ["reconciling", "ready"]);
  assert.deepEqual([brief(greeted).events, brief(compared).events], [["eaConnected"], ["eaReconciled"]]);
  assert.deepEqual(brief(beat(compared.ledger)).events, []);
  assert.equal(compared.ledger.lastHeartbeatAtMs, NOW);
});

Deno.test("frames fill in the EA's row, and what they do not say stays", () => {
  const bare = makeLedger([], {
    ea: makeEa({ nodeId: null, broker: null, chartSymbol: null, balance: null, leverage: null }),
  });
  const telemetry: Telemetry = {
    kind: "telemetry",
    eaId: EA,
    nodeId: null,
    account: makeReport({ leverage: null }),
  };
  const step = hearTelemetry(
    hearHandshake(hearHello(bare, hello(), NOW).ledger, handshake, NOW + 1).ledger,
    telemetry,
    NOW + 2,
  );
  const { ea, account } = step.ledger;

  assert.deepEqual([ea.nodeId, ea.broker, ea.chartSymbol, ea.balance, ea.leverage, ea.lastSeenAtMs], [
    NODE,
    "Demo Ltd",
    "EURUSD.r",
    10_000,
    500,
    NOW + 2,
  ]);
  assert.deepEqual([account?.leverage, account?.receivedAtMs], [500, NOW + 2]);
  assert.equal(hearTelemetry(bare, telemetry, NOW).ledger.lastHeartbeatAtMs, null);
});

Deno.test("telemetry and handshake of another account change neither money nor session of this one", () => {
  const stranger = { nodeId: "NODE_9999999_1", account: makeReport({ balance: money(1_000_000) }) };
  const told = hearTelemetry(readyLedger(), { kind: "telemetry", eaId: EA, ...stranger }, NOW);
  const shaken = hearHandshake(
    readyLedger(),
    { ...handshake, ...stranger, accountLogin: "9999999", chartSymbol: "GOLD" },
    NOW,
  );

  for (const { ledger } of [told, shaken]) {
    assert.deepEqual([ledger.account?.balance, ledger.ea.nodeId, ledger.ea.accountLogin], [
      10_000,
      NODE,
      "1000001",
    ]);
  }
  assert.deepEqual(brief(told).conditions, ["raise EA_IMPOSTOR"]);
  assert.equal(shaken.ledger.ea.chartSymbol, "GOLD");
  const restarted = { kind: "telemetry", eaId: EA, nodeId: OTHER_NODE, account: stranger.account } as const;
  assert.equal(hearTelemetry(readyLedger(), restarted, NOW).ledger.account?.balance, 1_000_000);
});

Deno.test("an EA that has not named its chart is asked to, and the question ends with its handshake", () => {
  const nameless = makeLedger([], { ea: makeEa({ chartSymbol: null }) });

  assert.deepEqual(brief(beat(nameless)).conditions.at(-1), "raise CHART_UNKNOWN");
  assert.deepEqual(brief(hearHandshake(nameless, handshake, NOW)).conditions, ["clear CHART_UNKNOWN"]);
});

Deno.test("a new session makes what was on its way ambiguous and waits for a fresh chart tick", () => {
  const step = beat(readyLedger([sentFire(), filledFire({ id: fireId("F2") })]), NOW + 9, {
    nodeId: OTHER_NODE,
  });

  assert.deepEqual(step.fires.map((fire) => [fire.id, fire.status, fire.note]), [
    ["F7Q2K9-u17", "ambiguous", `the EA started anew as ${OTHER_NODE} before it answered`],
  ]);
  assert.equal(step.ledger.chart.lastAtMs, null);
  assert.deepEqual(brief(beat(step.ledger, NOW + 10, { nodeId: OTHER_NODE })).fires, []);
});

Deno.test("a new session forgets return code 10027", () => {
  const off = { ...readyLedger(), ea: makeEa({ autotrading: false }) };

  assert.equal(beat(off).ledger.ea.autotrading, false);
  assert.equal(beat(off, NOW, { nodeId: OTHER_NODE }).ledger.ea.autotrading, null);
});

Deno.test("another account with fires open stops the EA until they are settled, and without any is reported", () => {
  const open = readyLedger([filledFire()]);
  const moved = hearHello(open, hello({ accountLogin: "2000002" }), NOW + 5_000);
  const held = beat(moved.ledger, NOW + 30_000);

  assert.deepEqual([moved.ledger.phase, held.ledger.phase], ["reconciling", "reconciling"]);
  assert.ok(brief(moved).conditions.includes("raise EA_ACCOUNT_CHANGED"));
  assert.deepEqual([brief(held).fires, held.ledger.fires.size], [[], 1]);
  const settled = beat({ ...held.ledger, fires: new Map() }, NOW + 60_000);
  assert.equal(settled.ledger.phase, "ready");
  assert.ok(brief(settled).conditions.includes("clear EA_ACCOUNT_CHANGED"));
  const free = hearHello(readyLedger(), hello({ accountLogin: "2000002" }), NOW);
  assert.deepEqual([free.ledger.phase, free.ledger.ea.accountLogin], ["ready", "2000002"]);
  const [told] = free.conditions;
  assert.equal(told?.kind, "raise");
  assert.match(told?.kind === "raise" ? told.message : "", /came back on account 2000002 instead of 1000001/);
  const again = beat(free.ledger, NOW + 30_000, { accountLogin: "2000002" });
  assert.deepEqual(brief(again).conditions.filter((each) => each.endsWith("EA_ACCOUNT_CHANGED")), []);
});

Deno.test("a disconnect of this session ends it, one of an earlier session does not", () => {
  const ready = readyLedger();

  assert.equal(hearDisconnect(ready, NODE).ledger.connected, false);
  assert.equal(hearDisconnect(ready, null).ledger.connected, false);
  assert.equal(hearDisconnect(ready, "NODE_1000001_0").ledger.connected, true);
  const back = beat(hearDisconnect(ready, NODE).ledger, NOW + 1);
  assert.deepEqual([back.ledger.connected, brief(back).events], [true, ["eaConnected"]]);
});

Deno.test("a heartbeat without figures still says that the EA is there, and proves nothing else", () => {
  const step = reconcile(
    readyLedger([filledFire()]),
    makeHeartbeat({}, { account: null }),
    contextOf(NOW + 30_000),
  );

  assert.deepEqual([step.ledger.lastHeartbeatAtMs, brief(step).fires], [NOW + 30_000, []]);
  assert.equal(step.ledger.account?.balance, 10_000);
});

Deno.test("a second reconcile with the same heartbeat changes no fire", () => {
  const open = readyLedger([filledFire(), sentFire({ id: fireId("F2") })]);
  const heartbeat = makeHeartbeat({ margin: money(0), balance: money(9_955) });
  const first = reconcile(open, heartbeat, contextOf(NOW + 30_000));

  assert.deepEqual(brief(reconcile(first.ledger, heartbeat, contextOf(NOW + 30_000))).fires, []);
});

Deno.test("two heartbeats out of one backlog count as one", () => {
  const open = readyLedger([filledFire()]);
  const empty = makeHeartbeat({}, { positions: [] });
  const first = reconcile(open, empty, contextOf(NOW + 30_000));
  const burst = reconcile(first.ledger, empty, contextOf(NOW + 30_001));
  const next = reconcile(burst.ledger, empty, contextOf(NOW + 60_000));

  assert.deepEqual([first, burst, next].map((step) => brief(step).fires), [[], [], ["closed"]]);
});
