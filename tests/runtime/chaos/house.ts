/**
 * The tree of a chaotic run, and everything that happens to it from outside.
 *
 * @module
 */
import {
  type AskError,
  type ChildOptions,
  type ChildSpec,
  dynamic,
  type MailboxPolicy,
  type Random,
  seededRandom,
  supervisor,
  worker,
  type WorkerSpec,
} from "../../../runtime/mod.ts";
import { type TestSystem, testSystem } from "../../kit/test_system.ts";
import { chaotic, drawHow, drawRates, send, type World } from "./actor.ts";
import { checkTurn } from "./invariants.ts";
import { Ledger, type Message } from "./ledger.ts";
import { Order } from "./order.ts";
import { nodeAt, noteKill, noteRestartLoop, noteStop } from "./situations.ts";

const PATHS = [
  ...["root/a", "root/b"],
  ...["root/group/c", "root/group/t", "root/group/d", "root/group/e"],
  "root/deep/inner/f",
  ...["root/kids/k0", "root/kids/k1"],
];

const tight = { restarts: 3, withinMs: 200 };

function drawPolicies(random: Random): Map<string, MailboxPolicy> {
  const fulls = ["refuse", "dropOldest", "dropNewest"] as const;
  return new Map(
    PATHS.filter(() => random.chance(0.75)).map((path) => [
      path,
      { capacity: 1 + random.whole(8), full: fulls[random.whole(3)] ?? "refuse" },
    ]),
  );
}

/** Makes a world by a seed; nothing has started yet. */
export function worldOf(seed: number): World {
  const random = seededRandom(seed).fork();
  const ledger = new Ledger();
  const kit: TestSystem = testSystem({ seed, onTurn: () => checkTurn(world) });
  const world: World = {
    kit,
    ledger,
    random,
    rates: drawRates(random),
    order: new Order(kit, ledger),
    paths: PATHS,
    policies: drawPolicies(random),
  };
  return world;
}

function place(world: World, path: string, options: ChildOptions = {}): WorkerSpec {
  const id = path.slice(path.lastIndexOf("/") + 1);
  return worker<Message>(id, () => chaotic(world, path), { shutdown: 30, initMs: 200, ...options });
}

function houseOf(world: World): ChildSpec {
  const { random } = world;
  const backoff = random.chance(0.3) ? { backoff: { minMs: 2, maxMs: 8 } } : {};
  const group = supervisor("group", {
    strategy: random.chance(0.5) ? "one_for_all" : "rest_for_one",
    intensity: tight,
    children: [
      place(world, "root/group/c"),
      place(world, "root/group/t", { restart: "transient" }),
      place(world, "root/group/d"),
    ],
  });
  const inner = supervisor("inner", {
    intensity: { restarts: 1, withinMs: 200 },
    children: [place(world, "root/deep/inner/f")],
  });
  const kids = dynamic<null, Message>("kids", {
    child: (key) => chaotic(world, `root/kids/${key}`),
    childOptions: { shutdown: 30, initMs: 200 },
    intensity: tight,
  });
  return supervisor("root", {
    intensity: random.chance(0.2) ? { restarts: 2, withinMs: 1_000 } : { restarts: 60, withinMs: 1_000 },
    children: [
      place(world, "root/a", backoff),
      place(world, "root/b"),
      group,
      supervisor("deep", { intensity: { restarts: 0, withinMs: 200 }, children: [inner] }),
      kids,
    ],
  });
}

/** Starts the house; a start that an init spoils is tried again. */
export async function open(world: World): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    let started: boolean | null = null;
    void world.kit.system.start(houseOf(world)).then(() => started = true, () => started = false);
    for (let i = 0; i < 100 && started === null; i++) await world.kit.clock.advance(50);
    if (started === true) return;
    world.ledger.reached.add("a start that failed");
  }
  throw new Error("the house did not start in 200 tries");
}

/** One thing that happens from outside. */
export function disturb(world: World): void {
  const { kit, ledger, random } = world;
  const path = PATHS[random.whole(PATHS.length)] as string;
  const kids = kit.system.dynamic<null, Message>("root/kids");
  const key = `k${random.whole(2)}`;
  switch (random.whole(18)) {
    case 0:
    case 1:
      return cut(world, path);
    case 2:
      return kit.system.kill(["root/group", "root/kids", "root/deep"][random.whole(3)] as string);
    case 3:
      return cutBoth(world);
    case 4:
    case 5:
    case 6:
      return administer(world);
    case 7:
    case 8:
      return void kids.ensure(key, null);
    case 9:
      noteStop(world, `root/kids/${key}`);
      return void kids.stop(key);
    case 10:
      return kit.system.go();
    case 11:
    case 12:
      return ask(world, path);
    default:
      for (let burst = random.chance(0.1) ? 10 : 1; burst > 0; burst--) send(world, "outside", path);
      return ledger.check(kit.system.counters().actors >= 0, "fewer than no actors");
  }
}

function cut(world: World, path: string): void {
  noteKill(world, path);
  world.kit.system.kill(path);
}

function cutBoth(world: World): void {
  cut(world, "root/group/c");
  cut(world, "root/group/d");
}

/** A request by hand to one of the supervisors. */
function administer(world: World): void {
  const { kit, ledger, random } = world;
  const group = kit.system.supervisor("root/group");
  const id = ["c", "t", "d"][random.whole(3)] as string;
  const path = `root/group/${id}`;
  switch (random.whole(6)) {
    case 0:
      noteStop(world, path);
      return ledger.request(path, group.stop(id), (said) => said === "ok" && ledger.leftDown.add(path));
    case 1:
    case 2:
      ledger.goodbyes.delete(path);
      return ledger.request(
        path,
        group.restart(id),
        (said) => said === "failed" && ledger.leftDown.add(path),
      );
    case 3:
      return ledger.request("root/group/e", group.start(place(world, "root/group/e")));
    case 4:
      return ledger.request("root/group/e", group.remove("e"));
    default:
      return stopA(world);
  }
}

function stopA(world: World): void {
  const { kit, ledger } = world;
  const root = kit.system.supervisor("root");
  const stopped = noteRestartLoop(world, "root/a");
  ledger.request("root/a", root.stop("a"), (said) => {
    if (said !== "ok") return;
    ledger.leftDown.add("root/a");
    if (nodeAt(world, "root/a")?.state === "stopped") stopped();
    ledger.request("root/a", root.restart("a"), (said) => said === "failed" && ledger.leftDown.add("root/a"));
  });
}

/** Asks, and keeps book of when and how that was settled. */
export function ask(world: World, path: string, timeoutMs = 1 + world.random.whole(60)): void {
  const { kit, ledger } = world;
  const number = ledger.asked++;
  const how = drawHow(world);
  const dueMs = kit.clock.nowMs() + timeoutMs;
  const settle = (said: string) => {
    const nowMs = kit.clock.nowMs();
    ledger.check(nowMs <= dueMs, `ask ${number} is settled after its deadline`);
    ledger.check(said !== "timeout" || nowMs === dueMs, `ask ${number} times out before its deadline`);
    ledger.settled.push(`${number} ${said}`);
  };
  ledger.sent.add(path);
  kit.system.ref<Message>(path).ask<string>((reply) => ({ kind: "ask", how, reply }), { timeoutMs }).then(
    () => settle("ok"),
    (error: AskError) => settle(error.code),
  );
}
