/**
 * A probe: an actor that writes down what happens to it and does what a test tells it.
 *
 * @module
 */
import type { Actor, Context, Exit, Ref, Reply } from "../../runtime/mod.ts";
import { type ChildOptions, type CrashReport, worker, type WorkerSpec } from "../../runtime/mod.ts";
import { type TestSystem, testSystem, type TestSystemOptions } from "../kit/test_system.ts";
import { seedOfRun } from "./seeds.ts";

/** What a probe hears. */
export type ProbeMessage =
  | { readonly kind: "note"; readonly text: string | number }
  | { readonly kind: "throw"; readonly error: unknown }
  | { readonly kind: "exit"; readonly exit?: Exit }
  | { readonly kind: "count"; readonly reply: Reply<number> }
  /** Anything else: its result, a promise too, is waited for. */
  | { readonly kind: "do"; readonly run: (context: Context<ProbeMessage>) => unknown };

/** How a probe behaves at its beginning and end. */
export interface ProbeOptions {
  /** Called with the number of the incarnation, from 1; may throw, wait or ask for an exit. */
  readonly init?: (life: number, context: Context<ProbeMessage>) => unknown;
  readonly stop?: (exit: Exit) => unknown;
  readonly mailbox?: Actor<number, ProbeMessage>["mailbox"];
  readonly onStop?: "drop" | "drain";
}

/** What a probe can be told. */
export const note = (text: string | number): ProbeMessage => ({ kind: "note", text });
export const boom = (error: unknown = new Error("boom")): ProbeMessage => ({ kind: "throw", error });
export const exit = (exit?: Exit): ProbeMessage =>
  exit === undefined ? { kind: "exit" } : { kind: "exit", exit };
export const act = (run: (context: Context<ProbeMessage>) => unknown): ProbeMessage => ({ kind: "do", run });

/** How an exit reads in a trace. */
export function exitText(exit: Exit): string {
  return exit.kind === "error"
    ? `error(${exit.error instanceof Error ? exit.error.message : exit.error})`
    : exit.kind;
}

/** A probe that writes `+id` at init, `id:text` for a note and `-id exit` in its stop hook into `trace`. */
export function probe(
  trace: string[],
  id: string,
  options: ProbeOptions = {},
): () => Actor<number, ProbeMessage> {
  let lives = 0;
  return () => ({
    init(context) {
      const life = ++lives;
      trace.push(`+${id}`);
      const pending = options.init?.(life, context);
      return pending instanceof Promise ? pending.then(() => 0) : 0;
    },
    handle(handled, message, context) {
      const pending = obey(trace, id, handled, message, context);
      return pending instanceof Promise ? pending.then(() => handled + 1) : handled + 1;
    },
    stop(_handled, exit) {
      trace.push(`-${id} ${exitText(exit)}`);
      return options.stop?.(exit) as void | Promise<void>;
    },
    ...(options.mailbox === undefined ? {} : { mailbox: options.mailbox }),
    ...(options.onStop === undefined ? {} : { onStop: options.onStop }),
  });
}

function obey(
  trace: string[],
  id: string,
  handled: number,
  message: ProbeMessage,
  context: Context<ProbeMessage>,
): unknown {
  switch (message.kind) {
    case "note":
      return trace.push(`${id}:${message.text}`);
    case "throw":
      throw message.error;
    case "exit":
      return context.exit(message.exit);
    case "count":
      return message.reply(handled);
    case "do":
      return message.run(context);
  }
}

/** A test system with a trace and short ways to its actors. */
export interface Stage extends TestSystem {
  readonly trace: string[];
  /** A probe as a child. */
  readonly child: (id: string, options?: ChildOptions & ProbeOptions) => WorkerSpec;
  readonly ref: (path: string) => Ref<ProbeMessage>;
  /** Tells a probe something and waits until all is quiet. */
  readonly tell: (path: string, ...messages: ProbeMessage[]) => Promise<void>;
  /** The trace since the last look. */
  readonly seen: () => string[];
  /**
   * Waits for a promise as long as anybody can still do something, timers included.
   *
   * @throws {Error} when nobody can: a deadlock, with whoever owes an answer
   */
  readonly until: <T>(promise: Promise<T>) => Promise<T>;
  /** Ends the system and checks that nothing of it is left. */
  readonly close: () => Promise<void>;
}

/** Sets a stage; turns come in the order the run's seed draws. */
export function stage(options: TestSystemOptions = {}): Stage {
  const seed = seedOfRun();
  const kit = testSystem({ ...(seed === undefined ? {} : { seed }), ...options });
  const trace: string[] = [];
  const ref = (path: string) => kit.system.ref<ProbeMessage>(path);
  return {
    ...kit,
    trace,
    ref,
    child: (id, options = {}) => {
      const { init: _init, stop: _stop, mailbox: _mailbox, onStop: _onStop, ...keeping } = options;
      return worker<ProbeMessage>(id, probe(trace, id, options), keeping);
    },
    async tell(path, ...messages) {
      for (const message of messages) ref(path).tell(message);
      await kit.settle();
    },
    seen: () => trace.splice(0),
    until: (promise) => until(kit, promise),
    async close() {
      await kit.system.stop();
      await kit.settle();
      checkEmpty(kit);
    },
  };
}

/** Who owes whom an answer. */
function debts(system: TestSystem["system"]): string {
  return system.waiting().map(({ path, kind }) => `${path} owes an answer to ${kind}`).join(", ");
}

async function until<T>({ system, clock, settle }: TestSystem, promise: Promise<T>): Promise<T> {
  let settled = false;
  const done = () => void (settled = true);
  promise.then(done, done);
  await settle();
  while (!settled) {
    if (clock.nextMs === null) throw new Error(`Cannot go on as everybody waits: ${debts(system)}`);
    await clock.advanceTo(clock.nextMs);
  }
  return await promise;
}

/** @throws {Error} when something outlived its system */
function checkEmpty({ system, clock, market }: TestSystem): void {
  const { actors, asksPending } = system.counters();
  const left = { actors, asksPending, timers: clock.pending + market.pending, roots: system.tree().length };
  if (Object.values(left).some((count) => count > 0)) {
    throw new Error(
      `Cannot close the stage as nothing must be left: current value is ${JSON.stringify(left)}`,
    );
  }
}

/** What a report says, in short. */
export function reportText({ context, offender, reason }: CrashReport): string {
  return `${context} ${offender} ${exitText(reason)}`;
}

/** A promise and the way to settle it. */
export function gate<T = void>(): { readonly promise: Promise<T>; readonly open: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, open: resolve };
}
