/**
 * Faults that strike by the hour: each on a clock of its own, drawn from its own stream.
 *
 * @module
 */
import { missionId, userId } from "../../protocols/units.ts";
import type { Random } from "../../runtime/mod.ts";
import { FAULT_KINDS, type FaultKind, isHourly, waitOf } from "./faults.ts";
import type { Terminal } from "./terminal.ts";
import type { World } from "./world.ts";

/** Does one fault to a world. False: there was nobody to do it to. */
type Affliction = (world: World, random: Random) => boolean | void;

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

const someone = (world: World, random: Random): Terminal => {
  const { victims } = world;
  return victims[random.whole(victims.length)]!;
};

/** Takes an EA off its chart, and puts it back some time later. */
function replug(
  world: World,
  random: Random,
  { politely, chart }: { politely: boolean; chart?: (terminal: Terminal) => string },
): boolean {
  const terminal = someone(world, random);
  if (!terminal.running) return false;
  world.note(`${terminal.uuid}: ${politely ? "says goodbye" : "crashes"}`);
  terminal.end(politely);
  const waitMs = chart === undefined ? 1_000 + random.next() ** 2 * 180_000 : 200;
  world.timeline.after(waitMs, () => {
    world.note(`${terminal.uuid}: starts`);
    terminal.start(...(chart === undefined ? [] : [chart(terminal)]));
  });
  return true;
}

const AFFLICTIONS: Partial<Record<FaultKind, Affliction>> = {
  NET_CLOG(world, random) {
    const { uuid } = someone(world, random);
    const ms = 2_000 + random.next() ** 2 * 60_000;
    world.note(`network: ${uuid} is clogged for ${Math.round(ms)} ms`);
    world.wires.clog(uuid, world.timeline.nowMs + ms);
  },
  GARBAGE(world, random) {
    const port = [5555, 5556, 5558][random.whole(3)]!;
    const connect = `tcp://127.0.0.1:${port}`;
    const { peers } = world.wires.network;
    const bytes = Uint8Array.from({ length: 1 + random.whole(60) }, () => random.whole(256));
    const text = '{"type":"HEARTBEAT","target_uuid":"","balance":-1e999}';
    const frame = random.chance(0.5) ? bytes : new TextEncoder().encode(text.slice(0, random.whole(60)));
    const peer = port === 5555 ? peers.dealer({ connect }) : peers.push({ connect });
    void peer.send([frame]);
    world.timeline.after(MINUTE_MS, () => void peer.close());
  },
  EA_CRASH: (world, random) => replug(world, random, { politely: false }),
  EA_RECONNECT: (world, random) => replug(world, random, { politely: true }),
  EA_CHART_CHANGE: (world, random) =>
    replug(world, random, {
      politely: true,
      chart: ({ symbols }) => symbols[random.whole(symbols.length)]!,
    }),
  EA_FREEZE(world, random) {
    const terminal = someone(world, random);
    terminal.frozenUntilMs = world.timeline.nowMs + 1_000 + random.next() ** 2 * 120_000;
    world.note(`${terminal.uuid}: freezes`);
  },
  EA_LIES(world, random) {
    const terminal = someone(world, random);
    terminal.liesUntilMs = world.timeline.nowMs + 10_000 + random.next() * 100_000;
    world.note(`${terminal.uuid}: lies`);
  },
  HAND_CLOSE: (world, random) => someone(world, random).closeByHand(random.whole(10)),
  HAND_OPEN(world, random) {
    const terminal = someone(world, random);
    terminal.openByHand(terminal.symbols[random.whole(terminal.symbols.length)]!);
  },
  BURST(world, random) {
    world.prices.burst(world.timeline.nowMs + 20_000 + random.next() * 100_000);
  },
  CLOCK_JUMP(world, random) {
    const byMs = Math.round((random.next() - 0.5) * 2 * 10 ** (2 + random.next() * 2.7));
    world.skewMs += byMs;
    world.note(`the server's clock is set by ${byMs} ms`);
  },
  PAUSE: (world, random) => world.timeline.pass(50 + random.next() ** 3 * 20_000),
  KILL: (world) => world.kill("by the machine"),
  STOP(world) {
    if (!world.server.open) return false;
    world.note("server: is told to stop");
    world.server.stop();
    return true;
  },
  STORE_FAILS: (world, random) => void (world.disk.failures = 1 + random.whole(3)),
  STORE_ANSWER_LOST: (world) => void (world.disk.losesAnswer = true),
  JOURNAL_FAILS: (world, random) => world.disk.journal.failNext(1 + random.whole(3)),
  THROW_BEFORE: (world, random) => harm(world, random, "before"),
  THROW_AFTER: (world, random) => harm(world, random, "after"),
  ACTOR_KILLED(world, random) {
    const path = worker(world, random);
    if (path === null) return false;
    world.note(`${path} is killed`);
    world.server.system.kill(path);
    return true;
  },
  CHAT_DOWN(world, random) {
    world.chatDownUntilMs = world.timeline.nowMs + 10 * SECOND_MS + random.next() * 5 * MINUTE_MS;
  },
  HALT(world, random) {
    if (!world.server.open) return false;
    const { desk } = world.server.at;
    world.note("operator: halt");
    desk.tell({
      kind: "halt",
      by: "operator",
      reason: "simulated",
      reply: () => {
        world.note("operator: it is halted");
        world.halted = true;
      },
    });
    world.timeline.after(20_000 + random.next() * 5 * MINUTE_MS, () => resume(world));
    return true;
  },
  FLATTEN(world) {
    if (!world.server.open) return false;
    world.note("operator: flatten");
    world.server.at.desk.tell({ kind: "flatten", by: "operator", reply: () => {} });
    return true;
  },
  MODE_CHANGE(world, random) {
    if (!world.server.open) return false;
    const id = world.plan.victim ?? world.plan.users[random.whole(world.plan.users.length)]!.id;
    changeMode(world, id, "SELECT");
    world.timeline.after(10_000 + random.next() * 8 * MINUTE_MS, () => changeMode(world, id, "AUTO"));
    return true;
  },
  MANUAL_FIRE(world, random) {
    const { victim } = world.plan;
    const offered = world.disk.ledger.missions
      .filter(({ status, userId: user }) => status === "OFFERED" && (victim === null || user === victim))
      .slice(-5);
    const mission = offered[random.whole(Math.max(1, offered.length))];
    if (mission === undefined || !world.server.open) return false;
    const autofire = world.server.at.autofires.get(mission.userId);
    if (autofire === undefined) return false;
    world.note(`${mission.userId}: fires ${mission.id} by hand`);
    const times = random.chance(0.2) ? 2 : 1;
    for (let nth = 0; nth < times; nth++) {
      autofire.tell({ kind: "manualFire", missionId: missionId(mission.id), reply: () => {} });
    }
    return true;
  },
};

/** Sets every clock of a world that has its fault. */
export function afflict(world: World): void {
  for (const kind of FAULT_KINDS) {
    const rate = world.plan.rates.get(kind);
    if (rate !== undefined && isHourly(kind)) strikeLater(world, kind, rate, world.stream(`fault ${kind}`));
  }
}

/** A halt is lifted, however often the house has to be told. */
export function resume(world: World): void {
  if (!world.halted) return;
  if (!world.server.open) return void world.timeline.after(5_000, () => resume(world));
  world.halted = false;
  world.note("operator: resume");
  world.server.at.desk.tell({ kind: "resume", by: "operator", reply: () => {} });
}

function strikeLater(world: World, kind: FaultKind, perHour: number, random: Random): void {
  world.timeline.after(waitOf(random, perHour), () => {
    if (!world.faulty) return;
    if (AFFLICTIONS[kind]!(world, random) !== false) world.count(kind);
    strikeLater(world, kind, perHour, random);
  });
}

function harm(world: World, random: Random, when: "before" | "after"): boolean | void {
  const path = worker(world, random);
  if (path === null) return false;
  world.note(`${path} is going to fall ${when} its next message`);
  world.server.harms.set(path, when);
}

function worker(world: World, random: Random): string | null {
  if (!world.server.open) return null;
  const workers = [...world.server.workers].filter((path) => world.mayFall(path));
  return workers[random.whole(workers.length)] ?? null;
}

function changeMode(world: World, id: string, mode: "AUTO" | "SELECT"): void {
  if (!world.server.open) return void world.timeline.after(5_000, () => changeMode(world, id, mode));
  const change = { id: userId(id), mode };
  world.server.at.desk.tell({ kind: "changeUser", change, by: "operator", reply: () => {} });
}
