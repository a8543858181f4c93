/**
 * Confirm gateway over a network in memory and a store that can fail.
 *
 * @module
 */
import assert from "node:assert/strict";
import { confirmGatewayActor } from "../../../actors/gateways/confirm_gateway.ts";
import type { PushPeer } from "../../../edges/zmq.ts";
import type { DeskMessage } from "../../../protocols/desk.ts";
import type { ConfirmGatewayMessage, GatewayStatus } from "../../../protocols/gateways.ts";
import type { ConfirmationRecord, Store } from "../../../protocols/store.ts";
import type { Ref } from "../../../runtime/actor.ts";
import { BAD_PAYLOADS } from "../../kit/bad_input.ts";
import {
  ANY_PORT,
  at,
  type GatewayRoom,
  gatewayRoom,
  type Recorder,
  recorder,
} from "../../kit/gateway_room.ts";
import { type MemoryStore, memoryStore } from "../../kit/memory_store.ts";
import { changed, fixture } from "../../kit/wire_fixture.ts";

interface Scene extends GatewayRoom {
  readonly ea: PushPeer;
  readonly gateway: Ref<ConfirmGatewayMessage>;
  readonly desk: Recorder<DeskMessage>;
  readonly disk: MemoryStore;
  /** While true, commits do not end. */
  readonly store: { held: boolean; commits: number };
  release(): void;
  /** Ids of confirmations on disk, by their fire. */
  stored(): string[];
  /** Fires of which the slots were told. */
  told(): string[];
  status(): Promise<GatewayStatus>;
}

async function scene(
  options: { readonly waitingMax?: number; readonly disk?: MemoryStore } = {},
): Promise<Scene> {
  const room = gatewayRoom();
  const disk = options.disk ?? memoryStore();
  const desk = recorder<DeskMessage>();
  const control = { held: false, commits: 0 };
  const held: (() => void)[] = [];
  const store: Store = {
    async commit(writes) {
      control.commits++;
      if (control.held) await new Promise<void>((resolve) => held.push(resolve));
      return disk.commit([writes])[0]!;
    },
    select: async (selection) => disk.select(selection),
    events: async (afterSeq, limit) => disk.events(afterSeq, limit),
  };
  const socket = await room.network.edge().pull(ANY_PORT);
  let ids = 0;
  const gateway = await room.start(confirmGatewayActor({
    socket,
    store,
    slots: room.slots,
    desk,
    clock: room.market,
    newId: () => `id${++ids}`,
    ...(options.waitingMax === undefined ? {} : { waitingMax: options.waitingMax }),
  }));
  return {
    ...room,
    ea: room.network.peers.push(at(socket.port)),
    gateway,
    desk,
    disk,
    store: control,
    release: () => held.splice(0).forEach((resolve) => resolve()),
    stored: () => disk.select({ from: "confirmations" }).map(({ fireId }) => String(fireId)),
    told: () =>
      room.slots.heard.map(({ message }) =>
        message.kind === "confirmed" ? String(message.record.fireId) : "?"
      ),
    async status() {
      const answer = gateway.ask<GatewayStatus>((reply) => ({ kind: "status", reply }));
      await room.flow();
      return await answer;
    },
  };
}

function confirmation(fire: string): Uint8Array {
  return changed("v205_confirmation_success", "SIG7Q2-u17", fire);
}

Deno.test("the confirm gateway stores a confirmation before it tells the slot", async () => {
  const { ea, flow, store, release, slots, disk, market, system } = await scene();
  store.held = true;

  await ea.send([fixture("v205_confirmation_success")]);
  await flow();
  const before = { told: slots.heard.length, stored: disk.select({ from: "confirmations" }).length };
  release();
  await flow();

  const [row] = disk.select({ from: "confirmations" });
  assert.deepEqual(before, { told: 0, stored: 0 });
  assert.equal(row?.id, `user_demo_00017/${market.nowMs()}-id1`);
  assert.deepEqual([row?.fireId, row?.receivedAtMs, row?.appliedAtMs, row?.quarantined], [
    "SIG7Q2-u17",
    market.nowMs(),
    null,
    false,
  ]);
  assert.deepEqual(slots.heard, [{ eaId: "user_demo_00017", message: { kind: "confirmed", record: row } }]);
  await system.stop();
  disk.close();
});

Deno.test("the confirm gateway stores one batch in one commit, doubled confirmations twice, pongs not at all", async () => {
  const { ea, flow, store, stored, told, status, disk, system } = await scene();

  await ea.send([confirmation("F1")]);
  await ea.send([fixture("v205_pong")]);
  await ea.send([confirmation("F2")]);
  await ea.send([confirmation("F2")]);
  await ea.send([fixture("v205_close_ticket")]);
  await ea.send([fixture("v206h_position_closed")]);
  await flow();

  assert.equal(store.commits, 1);
  assert.deepEqual(told(), ["F1", "F2", "F2", "null", "SIG7Q2-u17"]);
  assert.deepEqual(stored().toSorted(), ["F1", "F2", "F2", "SIG7Q2-u17", "null"]);
  assert.deepEqual((await status()).received, {
    confirmation: 3,
    pong: 1,
    closeConfirmation: 1,
    positionClosed: 1,
  });
  await system.stop();
  disk.close();
});

Deno.test("the confirm gateway keeps confirmations while the store fails, and stores them once and in order", async () => {
  const { ea, flow, clock, told, stored, desk, disk, reports, system } = await scene();
  disk.failNext(3);

  await ea.send([confirmation("F1")]);
  await flow();
  await ea.send([confirmation("F2")]);
  await flow();
  const during = [told(), stored()];
  for (const ms of [100, 200, 400]) {
    await clock.advance(ms);
    await flow();
  }

  assert.deepEqual(during, [[], []]);
  assert.deepEqual([told(), stored()], [["F1", "F2"], ["F1", "F2"]]);
  assert.deepEqual(desk.heard.map((said) => `${said.kind} ${"code" in said ? said.code : ""}`), [
    "raise CONFIRMATIONS_UNSTORED",
    "clear CONFIRMATIONS_UNSTORED",
  ]);
  assert.deepEqual(reports, []);
  await system.stop();
  disk.close();
});

Deno.test("the confirm gateway neither loses nor rewrites what a lost answer had stored", async () => {
  const { ea, flow, clock, told, disk, system } = await scene();
  disk.throwNext(new Error("the store is gone"), "after");
  await ea.send([confirmation("F1")]);
  await flow();
  const [row] = disk.select({ from: "confirmations" });
  const applied: ConfirmationRecord = { ...row!, appliedAtMs: 5 };
  disk.commit([[{ put: "confirmations", row: applied }]]);

  await clock.advance(100);
  await flow();

  assert.deepEqual(disk.select({ from: "confirmations" }), [applied]);
  assert.deepEqual(told(), ["F1"]);
  await system.stop();
  disk.close();
});

Deno.test("the confirm gateway leaves the socket alone while too much waits, and reads on when it is stored", async () => {
  const { ea, flow, store, release, told, network, disk, system } = await scene({ waitingMax: 2 });
  const names = ["F1", "F2", "F3", "F4", "F5", "F6"];
  store.held = true;

  for (const name of names) {
    await ea.send([confirmation(name)]);
    await flow();
  }
  await ea.send([confirmation("F7")]);
  const unread = network.deliver();
  store.held = false;
  release();
  await flow();

  assert.equal(unread, 0);
  assert.deepEqual(told(), [...names, "F7"]);
  await system.stop();
  disk.close();
});

Deno.test("the confirm gateway, crashed while confirmations wait, stores them as it ends and tells them as it begins", async () => {
  const { ea, flow, store, release, gateway, told, stored, reports, disk, system } = await scene();
  store.held = true;
  await ea.send([confirmation("F1")]);
  await flow();
  await ea.send([confirmation("F2")]);
  await flow();
  store.held = false;

  gateway.tell({
    kind: "status",
    reply: () => {
      throw new Error("asked to");
    },
  });
  await flow();
  release();
  await flow();
  await ea.send([confirmation("F3")]);
  await flow();

  assert.equal(reports.length, 1);
  assert.deepEqual(stored().toSorted(), ["F1", "F2", "F3"]);
  assert.deepEqual([...new Set(told())], ["F1", "F2", "F3"]);
  await system.stop();
  disk.close();
});

Deno.test("the confirm gateway tells again what is stored and neither applied nor quarantined", async () => {
  const disk = memoryStore();
  const first = await scene({ disk });
  for (const name of ["F1", "F2", "F3"]) await first.ea.send([confirmation(name)]);
  await first.flow();
  await first.system.stop();
  const [, applied, quarantined] = disk.select({ from: "confirmations" });
  disk.commit([[
    { put: "confirmations", row: { ...applied!, appliedAtMs: 1 } },
    { put: "confirmations", row: { ...quarantined!, quarantined: true } },
  ]]);

  const second = await scene({ disk });

  assert.deepEqual(second.told(), ["F1"]);
  await second.system.stop();
  disk.close();
});

Deno.test("the confirm gateway counts one fault for each bad payload, stores the good ones and never restarts", async () => {
  const { ea, flow, told, status, reports, disk, system } = await scene();

  await ea.send([confirmation("F1")]);
  for (const { payload } of BAD_PAYLOADS) await ea.send([payload]);
  await ea.send(new Array<Uint8Array>(20).fill(confirmation("F9")));
  await ea.send([confirmation("F2")]);
  await flow();

  const { received, faultsTotal } = await status();
  assert.deepEqual([received, faultsTotal], [{ confirmation: 2 }, BAD_PAYLOADS.length + 1]);
  assert.deepEqual([told(), reports], [["F1", "F2"], []]);
  await system.stop();
  disk.close();
});
