/**
 * A room for the command gateway: EAs that connect under the identity v2.05 announces, a desk and recorded slots.
 *
 * @module
 */
import { commandGatewayActor } from "../../actors/gateways/command_gateway.ts";
import type { DealerPeer } from "../../edges/zmq.ts";
import type { DeskMessage, HaltState } from "../../protocols/desk.ts";
import type { CommandGatewayMessage } from "../../protocols/gateways.ts";
import type { CircuitBreaker, RouterSocket } from "../../protocols/ports.ts";
import { type EaId, eaId, fireId, lots, price } from "../../protocols/units.ts";
import type { Command } from "../../protocols/wire.ts";
import type { Ref } from "../../runtime/actor.ts";
import { fakeBreaker } from "./fake_breaker.ts";
import type { Freezable } from "./fake_zmq.ts";
import { ANY_PORT, at, type GatewayRoom, gatewayRoom, type Recorder, recorder } from "./gateway_room.ts";
import { changed } from "./wire_fixture.ts";

/** Two EAs whose uuids differ in the last character only. */
export const ONE: EaId = eaId("user_demo_00017");
export const TWO: EaId = eaId("user_demo_00018");
/** What the desk says while trading goes on. */
export const RESUMED: HaltState = { halted: false, by: null, reason: null, sinceMs: null, mayStillFill: [] };

/** One EA on the network. */
export interface Ea {
  readonly dealer: DealerPeer & Freezable;
  /** What it was sent, payload by payload. */
  readonly told: string[];
  /** Sends a fixture as this EA. */
  says(name: string): Promise<void>;
}

/** The room. */
export interface CommandRoom extends GatewayRoom {
  readonly gateway: Ref<CommandGatewayMessage>;
  readonly desk: Recorder<DeskMessage>;
  readonly socket: RouterSocket;
  /** Connects an EA under the identity that v2.05 would announce, or another one. */
  ea(id: EaId, identity?: string): Ea;
  /** Sends a command and answers what the slot was told. */
  send(command: Command): Promise<unknown[]>;
  ask<T>(make: (reply: (value: T) => void) => CommandGatewayMessage): Promise<T>;
  halt(halted: boolean): Promise<void>;
  /** Conditions raised and cleared since the last call. */
  conditions(): string[];
}

/** Builds the room; trading is not halted unless it is `shut`. */
export async function commandRoom(
  options: {
    readonly breaker?: CircuitBreaker;
    readonly wrap?: (socket: RouterSocket) => RouterSocket;
    readonly framesPerSecondMax?: number;
    readonly refuseRealAccounts?: boolean;
    /** The desk has not said yet whether trading is halted. */
    readonly shut?: boolean;
  } = {},
): Promise<CommandRoom> {
  const room = gatewayRoom();
  const desk = recorder<DeskMessage>();
  const router = await room.network.edge().router(ANY_PORT);
  const socket = options.wrap?.(router) ?? router;
  const { slots, market: clock, flow, network } = room;
  const { breaker = fakeBreaker(), framesPerSecondMax = 100_000, refuseRealAccounts = false } = options;
  const gateway = await room.start(
    commandGatewayActor({ socket, slots, desk, clock, breaker, framesPerSecondMax, refuseRealAccounts }),
  );
  const ask: CommandRoom["ask"] = async (make) => {
    const answer = gateway.ask(make);
    await flow();
    return await answer;
  };
  const halt = (halted: boolean) => ask<void>((reply) => ({ kind: "halt", halted, reply }));
  if (options.shut !== true) await halt(false);
  desk.take();
  return {
    ...room,
    gateway,
    desk,
    socket,
    ask,
    halt,
    ea(id, identity = id.slice(0, -1)) {
      const dealer = network.peers.dealer({ ...at(socket.port), identity });
      const told: string[] = [];
      dealer.start((batch) => told.push(...batch.map((frames) => new TextDecoder().decode(frames[0]))));
      const says = async (name: string) => {
        await dealer.send([changed(name, "user_demo_00017", id)]);
        await flow();
      };
      return { dealer, told, says };
    },
    async send(command) {
      slots.take();
      gateway.tell({ kind: "send", command });
      await flow();
      return slots.take().map(({ eaId, message }) => ({ eaId, ...message }));
    },
    conditions: () =>
      desk.take().flatMap((told) =>
        told.kind === "raise" || told.kind === "clear" ? [`${told.kind} ${told.code} ${told.subject}`] : []
      ),
  };
}

/** A fire command for an EA. */
export function fire(id: EaId, changes: Partial<Extract<Command, { kind: "fire" }>> = {}): Command {
  return {
    kind: "fire",
    eaId: id,
    fireId: fireId("SIG7Q2-u17"),
    brokerSymbol: "EURUSD.r",
    direction: "BUY",
    stopLoss: price(1.1745),
    takeProfit: price(1.1783),
    lots: lots(0.09),
    digits: 5,
    ...changes,
  };
}
