/**
 * Execution room: store, bus, desk, slots and autofire as they are in the house, behind a gateway that only notes.
 *
 * @module
 */
import { autofireActor } from "../../actors/autofire.ts";
import { deskActor } from "../../actors/desk.ts";
import { eventBusActor, subscriberBook } from "../../actors/event_bus.ts";
import { slotActor } from "../../actors/slot.ts";
import { storeActor, type StoreClient, storeClient } from "../../actors/store.ts";
import { AUTOFIRE_DEFAULTS, type AutofireMessage, type AutofireSettings } from "../../protocols/autofire.ts";
import type { DeskMessage } from "../../protocols/desk.ts";
import type { EventBusMessage } from "../../protocols/event_bus.ts";
import type { BittenEvent, Condition, StoredEvent } from "../../protocols/events.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { CommandGatewayMessage } from "../../protocols/gateways.ts";
import type { Signal } from "../../protocols/signal.ts";
import type { SlotMessage } from "../../protocols/slot.ts";
import type { ConfirmationRecord, StoreMessage, TableName, Tables, Write } from "../../protocols/store.ts";
import type { EaId, UserId } from "../../protocols/units.ts";
import type { User } from "../../protocols/user.ts";
import type { Command, Confirmation, Heartbeat } from "../../protocols/wire.ts";
import {
  type Actor,
  dynamic,
  type DynamicHandle,
  type Ref,
  type Reply,
  supervisor,
  worker,
} from "../../runtime/mod.ts";
import { makeEa, makeUser } from "./decisions.ts";
import { type MemoryStore, memoryStore } from "./memory_store.ts";
import { TUESDAY_MS } from "./signals.ts";
import { EA, eaTick, makeHeartbeat, recordOf } from "./slots.ts";
import { type TestSystem, testSystem } from "./test_system.ts";

/** How a room may differ. */
export interface RoomOptions {
  /** The disk of an earlier room; absent: a new one with `makeUser()` and `makeEa()` on it. */
  readonly disk?: MemoryStore;
  readonly users?: readonly User[];
  readonly startMs?: number;
  readonly seed?: number;
  readonly settings?: Partial<AutofireSettings>;
  /** What the gateway answers a command with, when it is there to be sent; default: sent. Null: nothing. */
  readonly answer?: (command: Command) => "sent" | "unroutable" | "halted" | null;
}

/** Everything a test of execution looks at. */
export interface Room extends TestSystem {
  readonly disk: MemoryStore;
  readonly store: StoreClient;
  readonly bus: Ref<EventBusMessage>;
  readonly desk: Ref<DeskMessage>;
  readonly slots: DynamicHandle<EaId, SlotMessage>;
  readonly autofires: DynamicHandle<UserId, AutofireMessage>;
  /** What went to the gateway, in order: commands, and `halt true` or `halt false`. */
  readonly sent: (Command | string)[];
  /** Fire commands alone. */
  fired(): readonly Command[];
  rows<T extends TableName>(from: T): readonly Tables[T][];
  fire(id: string): Fire | undefined;
  /** `code subject` of every standing condition. */
  conditions(): readonly string[];
  /** Kinds of all events on disk, in order. */
  kinds(): readonly BittenEvent["kind"][];
  events(): readonly StoredEvent[];
  write(...writes: readonly Write[]): void;
  /** The EA's heartbeat now, and a tick of its chart. */
  beat(account?: Parameters<typeof makeHeartbeat>[0], changes?: Partial<Heartbeat>): Promise<void>;
  tick(bid?: number, changes?: Parameters<typeof eaTick>[2]): Promise<void>;
  /** A confirmation as the gateway stores and tells it. */
  confirm(confirmation: Confirmation, changes?: Partial<ConfirmationRecord>): Promise<ConfirmationRecord>;
  raise(signal: Signal): Promise<void>;
  ask<T>(
    ref: Ref<SlotMessage> | Ref<AutofireMessage> | Ref<DeskMessage>,
    make: (reply: Reply<T>) => unknown,
  ): Promise<T>;
}

/** Runs a test in a room, and closes it. */
export async function inRoom(
  run: (room: Room) => Promise<void>,
  options: RoomOptions = {},
): Promise<MemoryStore> {
  const room = await openRoom(options);
  try {
    await run(room);
  } finally {
    await room.system.stop();
  }
  return room.disk;
}

async function openRoom(options: RoomOptions): Promise<Room> {
  const startMs = options.startMs ?? TUESDAY_MS;
  const system = testSystem({ startMs, ...(options.seed === undefined ? {} : { seed: options.seed }) });
  const disk = options.disk ?? memoryStore();
  if (options.disk === undefined) furnish(disk, options.users ?? [makeUser()]);
  const room = roomOf(system, disk);
  await start(room, options);
  await system.settle();
  return room;
}

function furnish(disk: MemoryStore, users: readonly User[]): void {
  const rows = users.map((row): Write => ({ put: "users", row }));
  disk.commit([[...rows, { put: "ea_instances", row: makeEa() }]]);
}

function roomOf(system: TestSystem, disk: MemoryStore): Room {
  const { system: house, market } = system;
  const store = storeClient(house.ref<StoreMessage>("room/store"));
  const sent: (Command | string)[] = [];
  const slots: DynamicHandle<EaId, SlotMessage> = house.dynamic("room/slots");
  let confirmations = 0;
  const events = () => disk.events(0, 10_000);
  const room: Room = {
    ...system,
    disk,
    store,
    bus: house.ref("room/event_bus"),
    desk: house.ref("room/desk"),
    slots,
    autofires: house.dynamic("room/autofire"),
    sent,
    fired: () => sent.filter((each): each is Command => typeof each !== "string" && each.kind === "fire"),
    rows: (from) => disk.select({ from }),
    fire: (id) => disk.select({ from: "fires" }).find((fire) => fire.id === id),
    conditions: () =>
      disk.select({ from: "conditions" }).map((each: Condition) => `${each.code} ${each.subject}`).toSorted(),
    kinds: () => events().map(({ event }) => event.kind),
    events,
    write(...writes) {
      const [result] = disk.commit([writes]);
      if (result?.ok === false) throw new Error(result.message);
    },
    async beat(account, changes) {
      const heartbeat = makeHeartbeat(account, changes);
      slots.ensure(EA, EA).tell({ kind: "heartbeat", heartbeat, receivedAtMs: market.nowMs() });
      await system.settle();
    },
    async tick(bid = 1.0999, changes = {}) {
      const tick = eaTick(bid, market.nowMs(), changes);
      const brokerSymbol = tick.symbol === "EURUSD" ? "EURUSD.r" : `${tick.symbol}.r`;
      slots.ensure(EA, EA).tell({ kind: "tick", tick, brokerSymbol });
      await system.settle();
    },
    async confirm(confirmation, changes = {}) {
      const record = {
        ...recordOf(confirmation, market.nowMs()),
        id: `${EA}/c${++confirmations}`,
        ...changes,
      };
      room.write({ put: "confirmations", row: record });
      slots.ensure(EA, EA).tell({ kind: "confirmed", record });
      await system.settle();
      return record;
    },
    async raise(signal) {
      const event = { kind: "signalRaised", signal } as const;
      const row = { ...signal, outcome: null };
      await store.commit([{ put: "signals", row }, { event, source: "test", atMs: market.nowMs() }]);
      await system.settle();
    },
    async ask<T>(ref: { ask: Ref<never>["ask"] }, make: (reply: Reply<T>) => unknown) {
      const answer = ref.ask<T>((reply) => make(reply) as never);
      await system.settle();
      return await answer;
    },
  };
  return room;
}

async function start(room: Room, options: RoomOptions): Promise<void> {
  const { system, store, bus, desk, slots, autofires, market: clock, disk } = room;
  const settings = { ...AUTOFIRE_DEFAULTS, ...options.settings };
  const subscribers = subscriberBook();
  const commandGateway: Ref<CommandGatewayMessage> = system.ref("room/gateway");
  const shared = { store, bus, desk, slots, autofires, clock, settings, commandGateway };
  let ids = 0;
  const newId = () => `id-${startCount(disk)}-${++ids}`;
  await system.start(supervisor("room", {
    children: [
      worker("store", () => storeActor({ edge: disk, bus })),
      worker("event_bus", () => eventBusActor({ store, subscribers })),
      worker("desk", () => deskActor(shared)),
      worker("gateway", () => notingGateway(room, options)),
      dynamic("slots", {
        child: (_key, eaId: EaId) => slotActor({ ...shared, eaId, slotsMax: 10, specs: new Map() }),
      }),
      dynamic("autofire", {
        child: (_key, userId: UserId) => autofireActor({ ...shared, userId, newId }),
      }),
    ],
  }));
  system.go();
}

/** Ids must differ between rooms on one disk. */
function startCount(disk: MemoryStore): number {
  return disk.select({ from: "fires" }).length;
}

function notingGateway(
  room: Room,
  { answer = () => "sent" }: RoomOptions,
): Actor<null, CommandGatewayMessage> {
  return {
    init: () => null,
    handle(_state, message) {
      if (message.kind === "halt") {
        room.sent.push(`halt ${message.halted}`);
        message.reply();
      } else if (message.kind === "send") {
        const { command } = message;
        room.sent.push(command);
        const result = answer(command);
        const fireId = command.kind === "fire" ? command.fireId : null;
        if (result !== null) room.slots.get(command.eaId)?.tell({ kind: "commandResult", fireId, result });
      }
      return null;
    },
  };
}
