/**
 * A chaotic actor: it fails in every way there is, as its messages and the seed say.
 *
 * @module
 */
import type { Actor, Context, MailboxPolicy, Random } from "../../../runtime/mod.ts";
import type { TestSystem } from "../../kit/test_system.ts";
import type { How, Ledger, Life, Message } from "./ledger.ts";
import { cellAt, type Order } from "./order.ts";

/** Longer than any limit. */
const HANGS_MS = 1_000;

/** How often what goes wrong; drawn per seed, so that seeds differ in kind and not in detail alone. */
export interface Rates {
  readonly initThrows: number;
  readonly initWaits: number;
  readonly initHangs: number;
  readonly hookThrows: number;
  readonly hookWaits: number;
  readonly hookHangs: number;
  readonly handlerWaits: number;
  readonly handlerFails: number;
}

/** Draws each rate: most faults are off in most seeds. */
export function drawRates(random: Random): Rates {
  const rate = (most: number) => random.chance(0.6) ? random.next() * most : 0;
  return {
    initThrows: rate(0.4),
    initWaits: rate(0.8),
    initHangs: rate(0.1),
    hookThrows: rate(0.4),
    hookWaits: rate(0.8),
    hookHangs: rate(0.2),
    handlerWaits: rate(0.7),
    handlerFails: rate(0.8),
  };
}

/** What the actors of one run share. */
export interface World {
  readonly kit: TestSystem;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly rates: Rates;
  readonly order: Order;
  /** Paths of all workers. */
  readonly paths: readonly string[];
  /** The bound of a path's mailbox. */
  readonly policies: ReadonlyMap<string, MailboxPolicy>;
}

function someone({ random, paths }: World, chance: number): string | null {
  return random.chance(chance) ? paths[random.whole(paths.length)] ?? null : null;
}

/** Draws what is to be done with a message. */
export function drawHow(world: World): How {
  const { random, rates } = world;
  const fails = random.chance(rates.handlerFails);
  const failures = ["keep", "throw", "throw", "exit", "leave"] as const;
  return {
    early: fails && random.chance(0.2),
    waitMs: random.chance(rates.handlerWaits) ? random.whole(40) : 0,
    end: fails ? failures[random.whole(failures.length)] ?? "throw" : "answer",
    tell: someone(world, 0.4),
    watch: someone(world, 0.2),
  };
}

/** Sends numbered work. */
export function send(world: World, from: string, to: string): void {
  const { kit, ledger } = world;
  const number = ledger.numbers.add(`${from}>${to}`);
  ledger.sent.add(to);
  kit.system.ref<Message>(to).tell({ kind: "work", from, number, how: drawHow(world) });
}

/** An actor for a path. */
export function chaotic(world: World, path: string): Actor<Life, Message> {
  const { kit, ledger, random, rates, policies, order } = world;
  const wait = (ms: number) => new Promise<void>((resolve) => void kit.clock.after(ms, resolve));
  const happens = (rate: number) => !ledger.calm && random.chance(rate);
  const delay = (hangs: number, waits: number, mostMs: number) =>
    happens(hangs) ? HANGS_MS : happens(waits) ? random.whole(mostMs) : 0;
  const mailbox = policies.get(path);
  let busy = false;
  return {
    init(context) {
      const life = begin(world, path, context.signal);
      order.checkStart(path);
      context.every(25, { kind: "own", life });
      context.onGo({ kind: "own", life });
      const waitMs = delay(rates.initHangs, rates.initWaits, 20);
      const throws = happens(rates.initThrows);
      const done = () => {
        if (throws) throw new Error("init");
        life.phase = "lives";
        return life;
      };
      return waitMs === 0 ? done() : wait(waitMs).then(done);
    },
    handle(life, message, context) {
      ledger.check(
        life.phase === "lives" && !life.signal.aborted,
        `${path} handles a message though it is over`,
      );
      if (message.kind === "own") {
        ledger.check(message.life === life, `${path} hears a timer of another life`);
      }
      if (message.kind === "ended") return hearEnd(ledger, life, message.watch);
      if (message.kind === "own") return life;
      ledger.check(!busy, `${path} handles two messages at once`);
      ledger.lines.push(`${kit.clock.nowMs()} ${path} ${message.kind}`);
      ledger.taken.add(path);
      if (message.kind === "work") ledger.hear(message.from, path, message.number);
      const { how } = message;
      if (how.early && !ledger.calm) throw new Error("early");
      if (how.tell !== null && !ledger.calm) send(world, path, how.tell);
      if (how.watch !== null) watch(world, life, context, how.watch);
      if (how.waitMs === 0 || ledger.calm) return finish(world, life, message, context);
      busy = true;
      return wait(how.waitMs).then(() => {
        busy = false;
        return finish(world, life, message, context);
      });
    },
    stop(life, exit) {
      life.phase = "stops";
      const isOrder = exit.kind === "shutdown" && exit.why === undefined;
      if (isOrder) order.checkStop(path);
      const waitMs = delay(rates.hookHangs, rates.hookWaits, 60);
      const throws = happens(rates.hookThrows);
      const done = () => {
        if (throws) throw new Error("hook");
        if (exit.kind !== "error" && !isOrder) ledger.goodbyes.add(path);
      };
      return waitMs === 0 ? done() : wait(waitMs).then(done);
    },
    ...(mailbox === undefined ? {} : { mailbox }),
    ...(path.endsWith("b") ? { onStop: "drain" } : {}),
  };
}

function begin({ kit, ledger }: World, path: string, signal: AbortSignal): Life {
  const before = ledger.lives.get(path);
  ledger.check(before?.signal.aborted ?? true, `${path} lives twice`);
  const life: Life = { path, number: (before?.number ?? 0) + 1, signal, phase: "init" };
  ledger.lives.set(path, life);
  ledger.leftDown.delete(path);
  const group = cellAt(kit, path.slice(0, path.lastIndexOf("/"))).branch;
  if (ledger.goodbyes.delete(path) && path === "root/group/t" && group?.state === "running") {
    ledger.reached.add("a transient child restarted by its group");
  }
  ledger.lines.push(`${kit.clock.nowMs()} + ${path}`);
  return life;
}

function watch({ kit, ledger }: World, life: Life, context: Context<Message>, path: string): void {
  const watch = { watcher: life, target: ledger.living(path), notices: 0 };
  ledger.watches.push(watch);
  context.monitor(kit.system.ref(path) as never, (exit) => ({ kind: "ended", watch, exit }));
}

function hearEnd(ledger: Ledger, life: Life, watch: { readonly watcher: Life; notices: number }): Life {
  ledger.check(watch.watcher === life, `${life.path} hears what another life of it watched`);
  ledger.check(++watch.notices === 1, `${life.path} hears of one end twice`);
  return life;
}

/** The end of a handler; one that was cut off meanwhile tries everything, and none of it may have an effect. */
function finish({ ledger }: World, life: Life, message: Message, context: Context<Message>): Life {
  if (message.kind !== "work" && message.kind !== "ask") return life;
  const late: Message = { kind: "own", life };
  if (life.signal.aborted) {
    context.next(late);
    context.after(0, late);
    context.pipe(Promise.resolve(), () => late, () => late);
    context.exit({ kind: "error", error: new Error("late") });
    ledger.reached.add("a handler that was cut off went on");
    return life;
  }
  const { end } = message.how;
  if (message.kind === "ask" && (end === "answer" || ledger.calm)) message.reply(life.path);
  if (ledger.calm) return life;
  if (end === "throw") throw new Error("chaos");
  if (end === "exit") context.exit();
  if (end === "leave") context.exit({ kind: "shutdown", why: "left" });
  return life;
}
