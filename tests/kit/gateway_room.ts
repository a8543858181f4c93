/**
 * A room for one gateway: a system on virtual clocks, a network in memory, and mailboxes that remember.
 *
 * @module
 */
import type { SlotDirectory } from "../../protocols/gateways.ts";
import type { Mailbox } from "../../protocols/ports.ts";
import type { SlotMessage } from "../../protocols/slot.ts";
import type { AnyActor, Ref } from "../../runtime/actor.ts";
import { type FakeNetwork, fakeNetwork } from "./fake_zmq.ts";
import { spawnOne, type TestSystem, testSystem } from "./test_system.ts";

/** A mailbox that keeps what it was told. */
export interface Recorder<M> extends Mailbox<M> {
  /** Everything told so far. */
  readonly heard: M[];
  /** What it was told since the last call. */
  take(): M[];
  /** While false it refuses. */
  open: boolean;
}

/** Makes a recorder. */
export function recorder<M>(): Recorder<M> {
  const heard: M[] = [];
  return {
    heard,
    open: true,
    take: () => heard.splice(0),
    tell(message) {
      if (this.open) heard.push(message);
      return this.open;
    },
  };
}

/** Slot actors that only remember: each message with its EA, in the order told. */
export interface RecordedSlots extends SlotDirectory {
  readonly heard: { readonly eaId: string; readonly message: SlotMessage }[];
  take(): { readonly eaId: string; readonly message: SlotMessage }[];
}

/** Makes recorded slots. */
export function recordedSlots(): RecordedSlots {
  const heard: { eaId: string; message: SlotMessage }[] = [];
  return {
    heard,
    take: () => heard.splice(0),
    ensure: (eaId) => ({ tell: (message) => heard.push({ eaId, message }) > 0 }),
  };
}

/** The room. */
export interface GatewayRoom extends TestSystem {
  readonly network: FakeNetwork;
  readonly slots: RecordedSlots;
  /** Starts the gateway and waits until it listens. */
  start<M>(actor: AnyActor<M>): Promise<Ref<M>>;
  /** Lets the network deliver and the actors act until nothing moves. */
  flow(): Promise<void>;
  /** Faults by reason that were logged, in order. */
  loggedFaults(): string[];
}

/** Builds the room; `await room.system.stop()` leaves it. */
export function gatewayRoom(): GatewayRoom {
  const test = testSystem();
  const network = fakeNetwork();
  const flow = async () => {
    do await test.settle(); while (network.deliver() > 0);
    await test.settle();
  };
  return {
    ...test,
    network,
    slots: recordedSlots(),
    flow,
    async start<M>(actor: AnyActor<M>): Promise<Ref<M>> {
      const ref = spawnOne(test.system, actor);
      await flow();
      return ref;
    },
    loggedFaults: () =>
      test.logs.filter(({ message }) => message === "frame refused").map(({ fields }) =>
        String(fields.reason)
      ),
  };
}

/** Where a peer connects to reach a port of the room's network. */
export function at(port: number): { readonly connect: string } {
  return { connect: `tcp://127.0.0.1:${port}` };
}

/** Any free port of the room's network. */
export const ANY_PORT = { host: "127.0.0.1", port: 0 } as const;
