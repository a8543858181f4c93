/**
 * Command gateway over a network in memory.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { GatewayStatus } from "../../../protocols/gateways.ts";
import type { RouterSocket } from "../../../protocols/ports.ts";
import { lots } from "../../../protocols/units.ts";
import { BAD_PAYLOADS } from "../../kit/bad_input.ts";
import { commandRoom, fire, ONE, RESUMED, TWO } from "../../kit/command_room.ts";
import { readAsEa } from "../../kit/ea_parser.ts";
import { fakeBreaker } from "../../kit/fake_breaker.ts";
import { bytes, changed, fixture } from "../../kit/wire_fixture.ts";

const RESULT = { eaId: ONE, kind: "commandResult", fireId: "SIG7Q2-u17" };

Deno.test("the command gateway tells the slot HELLO and HEARTBEAT with their arrival, and answers the EA nothing", async () => {
  const { ea, slots, market, system, reports } = await commandRoom();
  const one = ea(ONE);

  await one.says("v205_hello");
  await one.says("v205_heartbeat");

  const heard = slots.heard.map(({ eaId, message }) => ({ eaId, ...message }));
  assert.deepEqual(
    heard.map((told) => [told.eaId, told.kind, "receivedAtMs" in told ? told.receivedAtMs : null]),
    [[ONE, "hello", market.nowMs()], [ONE, "heartbeat", market.nowMs()]],
  );
  assert.deepEqual([one.told, reports], [[], []]);
  await system.stop();
});

Deno.test("the command gateway sends a fire by the connection that its HEARTBEAT came by, and says sent", async () => {
  const { ea, send, system } = await commandRoom();
  const one = ea(ONE);
  await one.says("v205_heartbeat");

  const results = await send(fire(ONE));

  assert.deepEqual(results, [{ ...RESULT, result: "sent" }]);
  assert.equal(one.told.length, 1);
  const read = readAsEa(bytes(one.told[0] ?? ""));
  assert.deepEqual([read.type, read.targetUuid, read.fireId, read.lot], ["fire", ONE, "SIG7Q2-u17", 0.09]);
  await system.stop();
});

Deno.test("the command gateway says unroutable for an EA it never heard, and for one that is gone", async () => {
  const { ea, send, system } = await commandRoom();
  const never = await send(fire(ONE));
  const one = ea(ONE);
  await one.says("v205_hello");
  one.dealer.freeze();

  const gone = await send(fire(ONE));

  const unroutable = { ...RESULT, result: "unroutable" };
  assert.deepEqual([never, gone], [
    [{ ...unroutable, reason: `no connection of ${ONE} is known yet; its next heartbeat names it` }],
    [{ ...unroutable, reason: "the EA's connection is gone; it comes back with its next heartbeat" }],
  ]);
  await system.stop();
});

Deno.test("the command gateway sends no fire while trading is halted, but still closes and pings", async () => {
  const { ea, send, halt, system } = await commandRoom();
  const one = ea(ONE);
  await one.says("v205_hello");
  await halt(true);

  const refused = await send(fire(ONE));
  const close = await send({ kind: "closeTicket", eaId: ONE, ticket: 7 });
  const all = await send({ kind: "closeAll", eaId: ONE });
  await halt(false);
  const sent = await send(fire(ONE));

  assert.deepEqual(refused, [{ ...RESULT, result: "halted", reason: "trading is halted" }]);
  assert.deepEqual([close, all], [
    [{ ...RESULT, fireId: null, result: "sent" }],
    [{ ...RESULT, fireId: null, result: "sent" }],
  ]);
  assert.deepEqual(sent, [{ ...RESULT, result: "sent" }]);
  assert.deepEqual(one.told.map((text) => readAsEa(bytes(text)).type), ["close_ticket", "close_all", "fire"]);
  await system.stop();
});

Deno.test("the command gateway keeps its door shut until the desk has said that trading is not halted", async () => {
  const { ea, send, desk, flow, clock, system } = await commandRoom({ shut: true });
  await ea(ONE).says("v205_hello");

  const before = await send(fire(ONE));
  await clock.advance(1_000);
  const asked = desk.take().filter((told) => told.kind === "haltState");
  asked.at(-1)?.reply(RESUMED);
  await flow();
  const after = await send(fire(ONE));
  await clock.advance(10_000);

  assert.deepEqual(before, [{
    ...RESULT,
    result: "halted",
    reason: "the desk has not said yet whether trading is halted",
  }]);
  assert.deepEqual(after, [{ ...RESULT, result: "sent" }]);
  assert.deepEqual([asked.length, desk.take()], [1, []]);
  await system.stop();
});

Deno.test("the command gateway shuts its door again after a crash and learns its routes anew", async () => {
  const { ea, send, gateway, desk, flow, reports, system } = await commandRoom();
  const one = ea(ONE);
  await one.says("v205_hello");
  gateway.tell({
    kind: "status",
    reply: () => {
      throw new Error("asked to");
    },
  });
  await flow();

  const shut = await send(fire(ONE));
  for (const told of desk.take()) if (told.kind === "haltState") told.reply(RESUMED);
  await flow();
  const lost = await send(fire(ONE));
  await one.says("v205_heartbeat");
  const sent = await send(fire(ONE));

  const results = [shut, lost, sent].flat().map((told) => (told as { result: string }).result);
  assert.deepEqual(results, ["halted", "unroutable", "sent"]);
  assert.equal(reports.length, 1);
  await system.stop();
});

Deno.test("the command gateway blocks two EAs on one cut identity until one announces another", async () => {
  const { ea, send, conditions, system } = await commandRoom();
  const one = ea(ONE);
  const two = ea(TWO);
  await one.says("v205_hello");
  await two.says("v205_hello");

  const raised = conditions();
  const blocked = [...await send(fire(ONE)), ...await send(fire(TWO))] as {
    result: string;
    reason: string;
  }[];
  await ea(TWO, "user_demo_x").says("v205_hello");
  const cleared = conditions();
  const sent = [...await send(fire(ONE)), ...await send(fire(TWO))] as { result: string }[];

  assert.deepEqual(raised, [`raise IDENTITY_CLASH ${ONE}`, `raise IDENTITY_CLASH ${TWO}`]);
  assert.deepEqual(blocked.map(({ result }) => result), ["unroutable", "unroutable"]);
  assert.match(blocked[0]?.reason ?? "", /announce the same socket identity user_demo_0001/);
  assert.deepEqual(cleared, [`clear IDENTITY_CLASH ${ONE}`, `clear IDENTITY_CLASH ${TWO}`]);
  assert.deepEqual(sent.map(({ result }) => result), ["sent", "sent"]);
  await system.stop();
});

Deno.test("the command gateway lets an operator settle a clash in favour of one EA", async () => {
  const { ea, send, ask, conditions, system } = await commandRoom();
  const one = ea(ONE);
  await ea(TWO).says("v205_hello");
  await one.says("v205_hello");
  conditions();

  await ask<void>((reply) => ({ kind: "settle", eaId: ONE, reply }));

  assert.deepEqual(conditions(), [
    `clear IDENTITY_CLASH ${ONE}`,
    `clear EA_TAKEN_OVER ${ONE}`,
    `clear IDENTITY_CLASH ${TWO}`,
  ]);
  assert.deepEqual(await send(fire(ONE)), [{ ...RESULT, result: "sent" }]);
  await system.stop();
});

Deno.test("the command gateway sends nothing to an EA that another account took over, until a person settles it", async () => {
  const { ea, send, conditions, ask, flow, market, system } = await commandRoom();
  const honest = ea(ONE, "honest");
  await honest.says("v205_hello");
  const impostor = ea(ONE, "impostor");
  await impostor.dealer.send([changed("v205_heartbeat", "NODE_1000001_5512345", "NODE_9999999_1")]);
  await flow();

  const contested = await send(fire(ONE)) as { result: string }[];
  const raised = conditions();
  await ask<void>((reply) => ({ kind: "settle", eaId: ONE, reply }));
  const settled = await send(fire(ONE)) as { result: string }[];

  assert.deepEqual([...contested, ...settled].map(({ result }) => result), ["unroutable", "sent"]);
  assert.deepEqual([honest.told.length, impostor.told.length], [0, 1]);
  assert.deepEqual(raised, [`raise EA_TAKEN_OVER ${ONE}`]);
  assert.deepEqual(await ask((reply) => ({ kind: "connections", reply })), [
    { eaId: ONE, identity: "impostor", lastFrameAtMs: market.nowMs() },
  ]);
  await system.stop();
});

Deno.test("the command gateway answers breakerOpen when sending fails, and again at once while the breaker is open", async () => {
  let sends = 0;
  const wrap = (socket: RouterSocket): RouterSocket => ({
    ...socket,
    send() {
      sends++;
      return Promise.reject(new Error("context terminated"));
    },
  });
  const { ea, send, system, reports } = await commandRoom({ wrap, breaker: fakeBreaker({ failures: 2 }) });
  await ea(ONE).says("v205_hello");

  const results = [...await send(fire(ONE)), ...await send(fire(ONE)), ...await send(fire(ONE))];

  assert.deepEqual(results, [
    { ...RESULT, result: "breakerOpen", reason: "send failed: context terminated" },
    { ...RESULT, result: "breakerOpen", reason: "send failed: context terminated" },
    { ...RESULT, result: "breakerOpen", reason: "Cannot run as the circuit breaker is open" },
  ]);
  assert.deepEqual([sends, reports], [2, []]);
  await system.stop();
});

Deno.test("the command gateway refuses a command that must not be sent, raises a condition and lives", async () => {
  const { ea, send, conditions, system, reports } = await commandRoom();
  const one = ea(ONE);
  await one.says("v205_hello");

  const unsafe = await send(fire(ONE, { lots: lots(0.0944) }));
  const raised = conditions();
  const next = await send(fire(ONE));

  const reason = "Cannot encode command as lot must be a positive multiple of 0.01: current value is 0.0944";
  assert.deepEqual(unsafe, [{ ...RESULT, result: "unroutable", reason }]);
  assert.deepEqual(raised, [`raise COMMAND_UNSAFE ${ONE}`]);
  assert.deepEqual(next, [{ ...RESULT, result: "sent" }]);
  assert.deepEqual([one.told.length, reports], [1, []]);
  await system.stop();
});

Deno.test("the command gateway counts one fault for each bad payload, answers none, and hears the good ones", async () => {
  const { ea, ask, flow, slots, system, reports } = await commandRoom();
  const one = ea(ONE);
  await one.says("v205_hello");

  for (const { payload } of BAD_PAYLOADS) await one.dealer.send([payload]);
  await one.dealer.send([new Uint8Array(), new Uint8Array(), fixture("v205_hello")]);
  await one.dealer.send(new Array<Uint8Array>(20).fill(fixture("v205_hello")));
  await flow();
  await one.says("v205_heartbeat");

  const status = await ask<GatewayStatus>((reply) => ({ kind: "status", reply }));
  assert.deepEqual(status.received, { hello: 1, heartbeat: 1 });
  assert.equal(status.faultsTotal, BAD_PAYLOADS.length + 2);
  assert.equal(status.faults.too_many_frames, 2);
  assert.deepEqual(slots.heard.map(({ message }) => message.kind), ["hello", "heartbeat"]);
  assert.deepEqual([one.told, reports], [[], []]);
  await system.stop();
});

Deno.test("the command gateway ignores and counts what an EA says over its rate", async () => {
  const { ea, ask, slots, system } = await commandRoom({ framesPerSecondMax: 2 });
  const one = ea(ONE);

  for (let said = 0; said < 5; said++) await one.says("v205_heartbeat");

  const { faults } = await ask<GatewayStatus>((reply) => ({ kind: "status", reply }));
  assert.deepEqual([slots.heard.length, faults], [2, { rate_limited: 3 }]);
  await system.stop();
});

Deno.test("the command gateway gives an EA on a real account no route while the clock is a rehearsal's", async () => {
  const { ea, conditions, ask, send, system } = await commandRoom({ refuseRealAccounts: true });
  const demo = ea(TWO);
  await demo.says("v205_heartbeat");
  const real = ea(ONE);
  await real.dealer.send([changed("v205_heartbeat", `"type"`, `"account_mode":"real","type"`)]);

  const results = [...await send(fire(ONE)), ...await send(fire(TWO))];

  const status = await ask<GatewayStatus>((reply) => ({ kind: "status", reply }));
  assert.deepEqual(results.map((told) => (told as { result: string }).result), ["unroutable", "sent"]);
  assert.deepEqual(conditions(), [`raise REAL_ACCOUNT_IN_REHEARSAL ${ONE}`]);
  assert.deepEqual(status.faults, { not_allowed: 1 });
  await system.stop();
});
