/**
 * Routes: which connection leads to which EA, clashes and takeovers.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Announcement, type Destination, Routes } from "../../domain/routes.ts";
import { type EaId, eaId } from "../../protocols/units.ts";

const ONE = eaId("user_demo_00017");
const TWO = eaId("user_demo_00018");
const encoder = new TextEncoder();

function heard(id: EaId, identity: string, changes: Partial<Announcement> = {}): Announcement {
  return {
    eaId: id,
    identity: encoder.encode(identity),
    nodeId: "NODE_1000001_1",
    accountLogin: null,
    hello: false,
    atMs: 0,
    ...changes,
  };
}

function identityOf(destination: Destination): string {
  return destination.ok ? new TextDecoder().decode(destination.identity) : "nowhere";
}

function codes(notices: ReturnType<Routes["announce"]>): string[] {
  return notices.map((notice) => `${notice.kind} ${notice.code} ${notice.subject}`);
}

Deno.test("to() answers the connection by which the EA was last heard", () => {
  const routes = new Routes();

  routes.announce(heard(ONE, "old", { nodeId: null }));
  const notices = routes.announce(heard(ONE, "new", { nodeId: null, atMs: 1_000 }));

  assert.deepEqual(notices, []);
  assert.equal(identityOf(routes.to(ONE)), "new");
});

Deno.test("to() says why there is no route to an EA that was never heard", () => {
  assert.deepEqual(new Routes().to(ONE), {
    ok: false,
    reason: "no connection of user_demo_00017 is known yet; its next heartbeat names it",
  });
});

Deno.test("announce() blocks both EAs that announce one identity, and frees both when one leaves it", () => {
  const routes = new Routes();

  const first = routes.announce(heard(ONE, "user_demo_0001"));
  const second = routes.announce(heard(TWO, "user_demo_0001", { nodeId: "NODE_2_1" }));
  const blocked = [routes.to(ONE), routes.to(TWO)];
  const again = routes.announce(heard(ONE, "user_demo_0001", { atMs: 30_000 }));
  const moved = routes.announce(heard(TWO, "user_demo_x", { nodeId: "NODE_2_1", atMs: 31_000 }));

  const message =
    "user_demo_00017 and user_demo_00018 announce the same socket identity user_demo_0001: none of " +
    "them is sent a command. Give one a uuid that differs before its last character, or settle the one that runs.";
  assert.deepEqual([first, again], [[], []]);
  assert.deepEqual(second, [
    { kind: "raise", code: "IDENTITY_CLASH", subject: ONE, message },
    { kind: "raise", code: "IDENTITY_CLASH", subject: TWO, message },
  ]);
  assert.deepEqual(blocked, [{ ok: false, reason: message }, { ok: false, reason: message }]);
  assert.deepEqual(codes(moved), [`clear IDENTITY_CLASH ${ONE}`, `clear IDENTITY_CLASH ${TWO}`]);
  assert.deepEqual([routes.to(ONE), routes.to(TWO)].map(identityOf), ["user_demo_0001", "user_demo_x"]);
});

Deno.test("settle() forgets the others on the identity, and a living one raises the clash again", () => {
  const routes = new Routes();
  routes.announce(heard(ONE, "shared"));
  routes.announce(heard(TWO, "shared", { nodeId: "NODE_2_1" }));

  const settled = routes.settle(TWO);
  const after = [routes.to(ONE), routes.to(TWO)].map(identityOf);
  const again = routes.announce(heard(ONE, "shared", { atMs: 30_000 }));

  assert.deepEqual(codes(settled), [
    `clear IDENTITY_CLASH ${TWO}`,
    `clear EA_TAKEN_OVER ${TWO}`,
    `clear IDENTITY_CLASH ${ONE}`,
  ]);
  assert.deepEqual(after, ["nowhere", "shared"]);
  assert.deepEqual(codes(again), [`raise IDENTITY_CLASH ${TWO}`, `raise IDENTITY_CLASH ${ONE}`]);
});

Deno.test("announce() takes a restart of the EA for what it is: HELLO with a new node on the same account", () => {
  const routes = new Routes();
  routes.announce(heard(ONE, "id", { hello: true }));

  const notices = routes.announce(heard(ONE, "id", { hello: true, nodeId: "NODE_1000001_2", atMs: 10_000 }));

  assert.deepEqual(notices, []);
});

Deno.test("announce() takes a reconnection for what it is: a new identity, the same node", () => {
  const routes = new Routes();
  routes.announce(heard(ONE, "a"));

  const notices = routes.announce(heard(ONE, "b", { atMs: 10_000 }));

  assert.deepEqual(notices, []);
});

Deno.test("announce() reports a live EA that goes on as another account", () => {
  const routes = new Routes();
  routes.announce(heard(ONE, "id", { hello: true }));

  const notices = routes.announce(heard(ONE, "id", { hello: true, nodeId: "NODE_2000002_1", atMs: 10_000 }));

  assert.deepEqual(notices, [{
    kind: "raise",
    code: "EA_TAKEN_OVER",
    subject: ONE,
    message:
      "user_demo_00017: connection id (node NODE_2000002_1, account 2000002) took over from connection id " +
      "(node NODE_1000001_1, account 1000001), on another account. Stop the one that should not run, then settle " +
      "this EA.",
  }]);
  assert.equal(identityOf(routes.to(ONE)), "nowhere");
});

Deno.test("to() leads nowhere after a takeover until settle() says that the newest connection is the right one", () => {
  const routes = new Routes();
  routes.announce(heard(ONE, "honest", { hello: true }));
  const raised = routes.announce(heard(ONE, "impostor", { nodeId: "NODE_9999999_1", atMs: 10_000 }));
  const contested = routes.to(ONE);
  routes.announce(heard(ONE, "honest", { hello: true, nodeId: "NODE_1000001_2", atMs: 20_000 }));
  const stillContested = routes.to(ONE);

  routes.settle(ONE);
  const settled = routes.to(ONE);
  const again = routes.announce(heard(ONE, "impostor", { nodeId: "NODE_9999999_1", atMs: 21_000 }));

  assert.deepEqual([contested, stillContested].map((each) => each.ok), [false, false]);
  assert.match(contested.ok ? "" : contested.reason, /took over .* on another account\. Stop the one/);
  assert.equal(identityOf(settled), "honest");
  assert.deepEqual([codes(raised), codes(again)], [[`raise EA_TAKEN_OVER ${ONE}`], [
    `raise EA_TAKEN_OVER ${ONE}`,
  ]]);
  assert.equal(identityOf(routes.to(ONE)), "nowhere");
});

Deno.test("announce() says nothing of another account when the earlier EA has long been silent", () => {
  const routes = new Routes();
  routes.announce(heard(ONE, "id", { hello: true }));

  const notices = routes.announce(heard(ONE, "id", { hello: true, nodeId: "NODE_2000002_1", atMs: 75_001 }));

  assert.deepEqual(notices, []);
});

Deno.test("announce() reports a live EA whose node changes without a HELLO", () => {
  const routes = new Routes();
  routes.announce(heard(ONE, "a"));

  const notices = routes.announce(heard(ONE, "b", { nodeId: "NODE_1000001_2", atMs: 10_000 }));

  assert.deepEqual(codes(notices), [`raise EA_TAKEN_OVER ${ONE}`]);
});

Deno.test("announce() reports two connections that are both alive, once a minute", () => {
  const routes = new Routes();
  const anonymous = (identity: string, atMs: number) =>
    codes(routes.announce(heard(ONE, identity, { nodeId: null, atMs })));

  const heardInTurn = [0, 15_000, 30_000, 45_000, 60_000, 75_000, 90_000]
    .map((atMs, turn) => anonymous(turn % 2 === 0 ? "a" : "b", atMs));

  const raised = [`raise EA_TAKEN_OVER ${ONE}`];
  assert.deepEqual(heardInTurn, [[], [], raised, [], [], [], raised]);
});

Deno.test("announce() forgives a last frame of the old connection that crossed the first of the new one", () => {
  const routes = new Routes();
  routes.announce(heard(ONE, "a", { nodeId: null }));
  routes.announce(heard(ONE, "b", { nodeId: null, atMs: 1_000 }));

  const crossed = routes.announce(heard(ONE, "a", { nodeId: null, atMs: 1_010 }));
  const route = identityOf(routes.to(ONE));
  const onward = routes.announce(heard(ONE, "b", { nodeId: null, atMs: 2_000 }));

  assert.deepEqual([crossed, route, onward], [[], "b", []]);
});

Deno.test("list() shows identities as text, or as hexadecimal when they are none", () => {
  const routes = new Routes();
  routes.announce(heard(ONE, "user_demo_0001", { atMs: 5 }));
  routes.announce({ ...heard(TWO, ""), identity: new Uint8Array([0, 1, 255]), atMs: 7 });

  assert.deepEqual(routes.list(), [
    { eaId: ONE, identity: "user_demo_0001", lastFrameAtMs: 5 },
    { eaId: TWO, identity: "0x0001ff", lastFrameAtMs: 7 },
  ]);
});
