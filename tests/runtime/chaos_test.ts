/**
 * Actors under everything at once, by seed: what must hold whatever happens, and that a seed repeats it.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type Actor,
  AskError,
  type ChildSpec,
  dynamic,
  type Exit,
  type Random,
  type Reply,
  seededRandom,
  supervisor,
  type System,
  type TreeNode,
  worker,
  type WorkerSpec,
} from "../../runtime/mod.ts";
import { type TestSystem, testSystem } from "../kit/test_system.ts";

type Message =
  | { readonly kind: "work"; readonly from: string; readonly number: number; readonly how: How }
  | { readonly kind: "ask"; readonly how: How; readonly reply: Reply<string> }
  | { readonly kind: "ended"; readonly watch: number; readonly exit: Exit }
  | { readonly kind: "tick" };

/** What a handler does with its message. */
interface How {
  readonly waitMs: number;
  readonly end: "answer" | "keep" | "throw" | "exit";
  readonly tell: string | null;
  readonly watch: string | null;
}

const WORKERS = [
  "root/a",
  "root/b",
  "root/group/c",
  "root/group/d",
  "root/group/e",
  "root/kids/k0",
  "root/kids/k1",
];

/** Everything a run keeps count of. */
class Ledger {
  readonly lines: string[] = [];
  sent = 0;
  /** Messages a handler was called with. */
  taken = 0;
  /** Who is inside a handler. */
  readonly busy = new Set<string>();
  /** Last number heard, by sender and receiver. */
  readonly heard = new Map<string, number>();
  readonly numbers = new Map<string, number>();
  asked = 0;
  readonly settled: string[] = [];
  requested = 0;
  readonly answers: string[] = [];
  watched = 0;
  readonly notices = new Map<number, number>();
  readonly living = new Map<string, number>();
  readonly signals = new Map<string, AbortSignal>();
  /** Promises that were broken; an assertion inside an actor would only crash it. */
  readonly broken: string[] = [];

  check(holds: boolean, what: string): void {
    if (!holds) this.broken.push(what);
  }
}

function drawHow(random: Random): How {
  const ends = ["answer", "answer", "answer", "answer", "keep", "throw", "exit"] as const;
  return {
    waitMs: random.chance(0.3) ? random.whole(40) : 0,
    end: ends[random.whole(ends.length)] ?? "answer",
    tell: random.chance(0.4) ? WORKERS[random.whole(WORKERS.length)] ?? null : null,
    watch: random.chance(0.2) ? WORKERS[random.whole(WORKERS.length)] ?? null : null,
  };
}

/** Sends numbered work. */
function send(kit: TestSystem, ledger: Ledger, random: Random, from: string, to: string): void {
  const lane = `${from}>${to}`;
  const number = (ledger.numbers.get(lane) ?? 0) + 1;
  ledger.numbers.set(lane, number);
  ledger.sent++;
  kit.system.ref<Message>(to).tell({ kind: "work", from, number, how: drawHow(random) });
}

function chaotic(kit: TestSystem, ledger: Ledger, random: Random, path: string): Actor<null, Message> {
  const wait = (ms: number) => new Promise<void>((resolve) => void kit.clock.after(ms, resolve));
  const life = { number: 0 };
  return {
    async init(context) {
      life.number = (ledger.living.get(path) ?? 0) + 1;
      ledger.living.set(path, life.number);
      ledger.lines.push(`${kit.clock.nowMs()} + ${path}`);
      ledger.check(ledger.signals.get(path)?.aborted ?? true, `${path} lives twice`);
      ledger.signals.set(path, context.signal);
      context.every(25, { kind: "tick" });
      if (random.chance(0.3)) await wait(random.whole(20));
      if (random.chance(0.1)) throw new Error("init");
      return null;
    },
    handle(state, message, context) {
      if (message.kind === "tick") return state;
      if (message.kind === "ended") {
        ledger.notices.set(message.watch, (ledger.notices.get(message.watch) ?? 0) + 1);
        return state;
      }
      ledger.check(!ledger.busy.has(`${path}#${life.number}`), `${path} handles two messages at once`);
      ledger.lines.push(`${kit.clock.nowMs()} ${path} ${message.kind}`);
      ledger.taken++;
      if (message.kind === "work") note(message.from, message.number);
      const { how } = message;
      if (how.tell !== null) send(kit, ledger, random, path, how.tell);
      if (how.watch !== null) {
        const watch = ledger.watched++;
        context.monitor(kit.system.ref(how.watch) as never, (exit) => ({ kind: "ended", watch, exit }));
      }
      const finish = () => {
        if (how.end === "throw") throw new Error("chaos");
        if (how.end === "exit") context.exit();
        if (how.end === "answer" && message.kind === "ask") message.reply(path);
        return state;
      };
      if (how.waitMs === 0) return finish();
      const me = `${path}#${life.number}`;
      ledger.busy.add(me);
      return wait(how.waitMs).then(() => {
        ledger.busy.delete(me);
        if (context.signal.aborted) return state;
        return finish();
      });
    },
    async stop() {
      if (random.chance(0.2)) await wait(random.whole(60));
      if (random.chance(0.1)) throw new Error("stop");
    },
    mailbox: { capacity: 20, full: "dropOldest" },
  };

  function note(from: string, number: number): void {
    const lane = `${from}>${path}`;
    const last = ledger.heard.get(lane) ?? 0;
    ledger.check(number > last, `${lane}: ${number} after ${last}`);
    ledger.heard.set(lane, number);
  }
}

function one(kit: TestSystem, ledger: Ledger, random: Random, id: string, parent: string): WorkerSpec {
  return worker<Message>(id, () => chaotic(kit, ledger, random, `${parent}/${id}`), { shutdown: 30 });
}

/** Counts a request to a supervisor and its answer. */
function answer(ledger: Ledger, request: Promise<{ readonly ok: boolean; readonly reason?: string }>): void {
  ledger.requested++;
  void request.then(({ ok, reason }) => ledger.answers.push(ok ? "ok" : String(reason)));
}

function house(kit: TestSystem, ledger: Ledger, random: Random): ChildSpec {
  const place = (id: string, parent: string) => one(kit, ledger, random, id, parent);
  return supervisor("root", {
    intensity: { restarts: 50, withinMs: 1_000 },
    children: [
      place("a", "root"),
      place("b", "root"),
      supervisor("group", {
        strategy: random.chance(0.5) ? "one_for_all" : "rest_for_one",
        intensity: { restarts: 3, withinMs: 200 },
        children: [place("c", "root/group"), place("d", "root/group")],
      }),
      dynamic<null, Message>("kids", {
        child: (key) => chaotic(kit, ledger, random, `root/kids/${key}`),
        childOptions: { shutdown: 30 },
        intensity: { restarts: 3, withinMs: 200 },
      }),
    ],
  });
}

/** One thing that happens from outside. */
function disturb(kit: TestSystem, ledger: Ledger, random: Random): void {
  const path = WORKERS[random.whole(WORKERS.length)] as string;
  const kids = kit.system.dynamic<null, Message>("root/kids");
  const group = kit.system.supervisor("root/group");
  const child = random.chance(0.5) ? "c" : "d";
  switch (random.whole(14)) {
    case 0:
      return kit.system.kill(path);
    case 4:
      return kit.system.kill(random.chance(0.5) ? "root/group" : "root/kids");
    case 5:
      return answer(ledger, group.stop(child));
    case 6:
      return answer(ledger, group.restart(child));
    case 7:
      return answer(ledger, group.start(one(kit, ledger, random, "e", "root/group")));
    case 8:
      return answer(ledger, group.remove("e"));
    case 1:
      return void kids.ensure(`k${random.whole(2)}`, null);
    case 2:
      return void kids.stop(`k${random.whole(2)}`);
    case 3:
      return ask(kit.system, ledger, random, path);
    default:
      return send(kit, ledger, random, "outside", path);
  }
}

function ask(system: System, ledger: Ledger, random: Random, path: string): void {
  const number = ledger.asked++;
  const how = drawHow(random);
  const timeoutMs = 1 + random.whole(60);
  ledger.sent++;
  system.ref<Message>(path).ask<string>((reply) => ({ kind: "ask", how, reply }), { timeoutMs }).then(
    () => ledger.settled.push(`${number} ok`),
    (error: AskError) => ledger.settled.push(`${number} ${error.code}`),
  );
}

async function run(seed: number) {
  const kit = testSystem({ seed });
  const ledger = new Ledger();
  const random = seededRandom(seed).fork();
  await start(kit, ledger, random);
  for (let i = 0; i < 150; i++) {
    for (let n = random.whole(4); n > 0; n--) disturb(kit, ledger, random);
    if (random.chance(0.5)) await kit.clock.advance(random.whole(30));
  }
  await kit.clock.advance(10_000);
  const calm = states(kit.system.tree());
  const stopping = kit.system.stop();
  await kit.clock.advance(10_000);
  await stopping;
  await kit.settle();
  return { kit, ledger, calm };
}

/** What everybody is doing. */
function states(nodes: readonly TreeNode[]): string[] {
  return nodes.flatMap((node) => [node.state, ...states(node.children)]);
}

/** Starts the house; a start that an init spoils is tried again. */
async function start(kit: TestSystem, ledger: Ledger, random: Random): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const starting = kit.system.start(house(kit, ledger, random)).then(() => true, () => false);
    await kit.clock.advance(1_000);
    if (await starting) return;
  }
  throw new Error("the house did not start in 50 tries");
}

Deno.test("whatever happens: nothing outlives the system, order holds, every ask settles once, every message is accounted for", async () => {
  const faults = new Set<string>();
  for (let seed = 1; seed <= 200; seed++) {
    const { kit, ledger, calm } = await run(seed);
    const { actors, asksPending, deadLettersByReason } = kit.system.counters();

    assert.deepEqual({ actors, asksPending, timers: kit.clock.pending, tree: kit.system.tree() }, {
      actors: 0,
      asksPending: 0,
      timers: 0,
      tree: [],
    }, `seed ${seed}`);
    assert.deepEqual(ledger.broken, [], `seed ${seed}`);
    assert.equal(ledger.settled.length, ledger.asked, `seed ${seed}: asks`);
    assert.equal(ledger.answers.length, ledger.requested, `seed ${seed}: requests`);
    assert.ok([...ledger.notices.values()].every((count) => count === 1), `seed ${seed}: monitors fire once`);
    const { no_such_actor, stopped, mailbox_full, expired_ask } = deadLettersByReason;
    assert.equal(
      ledger.taken + no_such_actor + stopped + mailbox_full + expired_ask,
      ledger.sent,
      `seed ${seed}: mail`,
    );
    assert.deepEqual(
      calm.filter((state) => state !== "running" && state !== "stopped"),
      [],
      `seed ${seed}: liveness`,
    );
    for (const line of ledger.settled) faults.add(line.split(" ")[1] as string);
    for (const [reason, count] of Object.entries(deadLettersByReason)) if (count > 0) faults.add(reason);
    for (const report of kit.reports) faults.add(report.context);
    for (const reason of ledger.answers) faults.add(`request ${reason}`);
  }

  const reached = [
    "ok",
    "timeout",
    "noproc",
    "exit",
    "crashed",
    "no_such_actor",
    "stopped",
    "expired_ask",
    "late_reply",
  ];
  const contexts = ["start_error", "child_terminated", "shutdown_error", "gave_up"];
  const requests = [
    "ok",
    "running",
    "restarting",
    "not_found",
    "already_started",
    "already_present",
    "failed",
    "shutdown",
  ];
  assert.deepEqual(
    [...reached, ...contexts, ...requests.map((reason) => `request ${reason}`)].filter((what) =>
      !faults.has(what)
    ),
    [],
  );
});

Deno.test("otp 187: the same seed gives the same trace, byte for byte, with no real time passing", async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const [first, second] = [await run(seed), await run(seed)];

    assert.ok(first.ledger.lines.length > 50);
    assert.deepEqual(first.ledger.lines, second.ledger.lines);
    assert.deepEqual(first.ledger.settled, second.ledger.settled);
    assert.equal(traceOf(first.kit), traceOf(second.kit));
  }
});

Deno.test("otp 188: different seeds give different orders of turns", async () => {
  const traces = new Set<string>();
  for (let seed = 1; seed <= 20; seed++) traces.add(traceOf((await run(seed)).kit));

  assert.equal(traces.size, 20);
});

function traceOf(kit: TestSystem): string {
  assert.ok("trace" in kit.scheduler);
  return String(kit.scheduler.trace);
}
