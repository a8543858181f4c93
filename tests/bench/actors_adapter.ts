/**
 * Plugs the runtime into a benchmark of actor systems whose adapters have this shape.
 *
 * Everything a house runs with is on: each actor has a supervisor, a name, a bounded mailbox and a restart window,
 * and may be monitored; crashes are counted and reported, to a hook that keeps nothing.
 *
 * @module
 */
import {
  type Actor,
  type Context,
  dynamic,
  type DynamicHandle,
  type MailboxPolicy,
  type Ref,
  type Reply,
  supervisor,
  System,
  worker,
} from "../../runtime/mod.ts";

/** Messages of the benchmark, as far as this adapter looks at them. */
interface BenchMessage {
  readonly type: string;
}

/** A benchmarked behaviour: called once per incarnation, its closure is the state. */
type Start = (self: unknown) => (message: BenchMessage, reply: (value: number) => void) => void;
type Handler = ReturnType<Start>;

/** What the benchmark sends: its messages bare, its requests with the reply they carry. */
type Heard = BenchMessage | Request;

class Request {
  constructor(readonly message: BenchMessage, readonly reply: Reply<number>) {}
}

const noReply = (): void => {};

/** Larger than any burst of the benchmark. */
const MAILBOX: MailboxPolicy = { capacity: 2_000_000, full: "refuse" };

/** A behaviour of the benchmark as an actor. */
class BenchActor implements Actor<Handler, Heard> {
  readonly mailbox = MAILBOX;

  constructor(readonly start: Start) {}

  init(context: Context<Heard>): Handler {
    return this.start(context.self);
  }

  handle(handler: Handler, heard: Heard): Handler {
    if (heard instanceof Request) handler(heard.message, heard.reply);
    else handler(heard, noReply);
    return handler;
  }
}

/** One system: everything spawned is a temporary child of one dynamic supervisor. */
class BenchSystem {
  readonly #system = new System({ onReport: () => {} });
  readonly #actors: DynamicHandle<Start, Heard>;
  #count = 0;

  constructor() {
    this.#actors = this.#system.dynamic("bench/actors");
  }

  async open(): Promise<this> {
    const actors = dynamic<Start, Heard>("actors", {
      child: (_key, start) => new BenchActor(start),
      childOptions: { restart: "temporary" },
    });
    await this.#system.start(supervisor("bench", { children: [actors] }));
    return this;
  }

  /** Resolves after the actor's `init`. */
  spawn(start: Start): Promise<unknown> {
    return this.#actors.start(String(this.#count++), start);
  }

  send(to: unknown, message: BenchMessage): void {
    (to as Ref<Heard>).tell(message);
  }

  ask(to: unknown, message: BenchMessage, timeoutMs: number): Promise<number> {
    return (to as Ref<Heard>).ask<number>((reply) => new Request(message, reply), { timeoutMs });
  }

  stop(ref: unknown): Promise<void> {
    return this.#actors.stop((ref as Ref<Heard>).path.split("/").at(-1) as string);
  }

  async supervise(start: Start): Promise<{ child(): unknown }> {
    const id = `supervisor${this.#count++}`;
    const intensity = { restarts: 1_000_000, withinMs: 1_000 };
    const children = [worker<Heard>("child", () => new BenchActor(start))];
    await this.#system.start(supervisor(id, { intensity, children }));
    const ref = this.#system.ref<Heard>(`${id}/child`);
    return { child: () => ref };
  }

  close(): Promise<void> {
    return this.#system.stop();
  }
}

/** The adapter; restarts are not logged, as in the systems it is compared with. */
const adapter: { name: string; kind: "runtime"; open(): Promise<BenchSystem> } = {
  name: "bitten",
  kind: "runtime",
  open: () => new BenchSystem().open(),
};

export default adapter;
