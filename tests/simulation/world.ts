/**
 * A simulated world: servers that die and come back, terminals, brokers, a network, Telegram, and faults by a seed.
 *
 * The house in it is the whole house, unchanged. Steps are turns of its actors and events of the world; the seed
 * draws their order.
 *
 * @module
 */
import { type Random, seededRandom } from "../../runtime/mod.ts";
import { hostTurn } from "../../runtime/host.ts";
import type { EaEvent } from "../../scripts/sim/ea_commands.ts";
import { historyWrites } from "../../scripts/sim/market.ts";
import { streamOf } from "../../scripts/sim/values.ts";
import type { Travelling } from "../kit/fake_zmq.ts";
import { Chats } from "./chat.ts";
import { Checks } from "./checks.ts";
import { Disk } from "./disk.ts";
import type { FaultKind } from "./faults.ts";
import { Wires } from "./network.ts";
import type { WorldPlan } from "./plan.ts";
import { Prices } from "./prices.ts";
import { PORTS, Server } from "./server.ts";
import { Terminal } from "./terminal.ts";
import { Timeline } from "./timeline.ts";
import { Trace } from "./trace.ts";
import { Truth } from "./truth.ts";
import { Violation } from "./violation.ts";

/** Hours of candles on the disk before the house first starts. */
const WARM_HOURS = 10;
const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;
/** A lie may be on its way for so long. */
const LIE_LASTS_MS = 120_000;
/** How often what does not agree is looked at. */
const WATCH_MS = 5_000;

/** A world that runs. */
export class World {
  readonly plan: WorldPlan;
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly truth = new Truth();
  readonly disk: Disk;
  readonly wires: Wires;
  readonly chats: Chats;
  readonly prices: Prices;
  readonly terminals: readonly Terminal[];
  readonly checks: Checks;
  /** How often each fault struck. */
  readonly struck = new Map<FaultKind, number>();
  /** Off once the world is healed. */
  faulty = true;
  server!: Server;
  lives = 0;
  /** How far the machine's clock is off, ms. */
  skewMs = 0;
  chatDownUntilMs = 0;
  halted = false;
  /** Somebody wants the world to stand still for a moment. */
  wantsPeace = false;
  restarts = 0;
  deadLetters = 0;
  /** The first broken promise. */
  violation: Violation | null = null;
  readonly #streams = new Map<string, Random>();
  readonly #random: Random;
  readonly #byUuid: ReadonlyMap<string, Terminal>;
  readonly #sentMs = new WeakMap<Travelling, number>();

  constructor(plan: WorldPlan, tell: ((line: string) => void) | null = null) {
    this.plan = plan;
    this.trace = new Trace(tell);
    this.#random = this.stream("world");
    const ties = this.stream("ties");
    this.timeline = new Timeline(plan.startMs, plan.victim === null ? () => ties.next() : () => 0);
    const market = {
      seed: plan.seed,
      epochMs: plan.startMs - (WARM_HOURS + 1) * HOUR_MS,
      symbols: plan.symbols,
    };
    this.prices = new Prices(market, plan.startMs);
    this.disk = new Disk(this.timeline, this.stream("disk"), {
      commitMs: () => this.#commitMs(),
      kills: () => this.strikes("KILL_AT_WRITE", this.stream("disk")),
      kill: () => this.kill("while it wrote"),
      written: (touched) => this.guard(() => this.#written(touched)),
    });
    for (const group of historyWrites(market, plan.startMs - WARM_HOURS * HOUR_MS, plan.startMs)) {
      this.disk.store.commit([group]);
    }
    this.wires = new Wires(this.timeline, (name) => this.stream(name), this.#networkWeather());
    this.chats = new Chats(this.timeline, this.stream("chat"), {
      down: () => this.timeline.nowMs < this.chatDownUntilMs,
      refuses: () => this.strikes("CHAT_REFUSES", this.stream("chat")),
      losesAnswer: () => this.strikes("CHAT_ANSWER_LOST", this.stream("chat")),
    });
    this.checks = new Checks({
      plan,
      ledger: this.disk.ledger,
      truth: this.truth,
      nowMs: () => this.timeline.nowMs,
      life: () => this.lives,
      misled: (uuid) => this.timeline.nowMs < (this.#byUuid.get(uuid)?.liesUntilMs ?? 0) + LIE_LASTS_MS,
    });
    this.terminals = plan.eas.map((ea) =>
      new Terminal({
        plan: ea,
        symbols: ea.symbols,
        network: this.wires.network,
        random: this.stream(`terminal ${ea.uuid}`),
        weather: {
          strikes: (kind, random) => this.strikes(kind, random, ea.uuid),
          nowMs: () => this.timeline.nowMs,
          happened: (uuid, event) => this.#happened(uuid, event),
          dropped: (_uuid, fires) => fires.forEach((id) => this.truth.moved(id, "lost", this.timeline.nowMs)),
        },
      })
    );
    this.#byUuid = new Map(this.terminals.map((terminal) => [terminal.uuid, terminal]));
  }

  /** A random stream of its own for everything that has a name: none shifts another. */
  stream(name: string): Random {
    let random = this.#streams.get(name);
    if (random === undefined) {
      this.#streams.set(name, random = seededRandom(streamOf(this.plan.seed, name)));
    }
    return random;
  }

  /** Whether a fault strikes that strikes a share of the time; `uuid`: the EA it would strike. */
  strikes(kind: FaultKind, random: Random, uuid: string | null = null): boolean {
    const rate = this.plan.rates.get(kind);
    // Drawn also when it cannot strike: healing a world, or taking a kind away, shifts nothing else.
    const drawn = random.next();
    if (rate === undefined || !this.faulty || drawn >= rate || !this.#mayStrike(uuid)) return false;
    this.count(kind);
    return true;
  }

  /** The terminals that faults may strike. */
  get victims(): readonly Terminal[] {
    return this.terminals.filter(({ uuid }) => this.#mayStrike(uuid));
  }

  /** Whether faults may strike an actor. */
  mayFall(path: string): boolean {
    const { victim, eas } = this.plan;
    return victim === null || path.endsWith(`/${victim}`) ||
      eas.some(({ user, uuid }) => user === victim && path.endsWith(`/slots/${uuid}`));
  }

  #mayStrike(uuid: string | null): boolean {
    const { victim, eas } = this.plan;
    return victim === null || eas.some((ea) => ea.uuid === uuid && ea.user === victim);
  }

  count(kind: FaultKind): void {
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
  }

  note(what: string): void {
    // What still happens in the step that broke a promise is no part of its story.
    if (this.violation === null) this.trace.note(this.timeline.nowMs, what);
  }

  /** Runs a check; a broken promise ends the world. */
  guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      if (this.violation === null) this.note(`VIOLATION ${error.message}`);
      this.violation ??= error;
    }
  }

  /** The first life begins, and the terminals. */
  begin(): void {
    this.boot();
    for (const terminal of this.terminals) {
      // The victim's come last: what the house takes its prices from is somebody else's.
      const afterMs = this.plan.victim !== null && this.victims.includes(terminal) ? 60_000 : 0;
      this.timeline.after(afterMs + this.#random.next() * 5_000, () => terminal.start());
    }
    this.#every(SECOND_MS, () => this.#second());
    this.#every(WATCH_MS, () => this.guard(() => this.checks.watch()));
  }

  /** A process starts. */
  boot(): void {
    const life = ++this.lives;
    this.note(`server: life ${life} begins`);
    this.server = new Server({
      life,
      seed: this.plan.seed,
      inOrder: this.plan.victim !== null,
      timeline: this.timeline,
      network: this.wires.network,
      disk: this.disk,
      chat: (breath) => this.chats.edge(breath),
      skewMs: () => this.skewMs,
      slotsPerEa: this.plan.slotsPerEa,
      chatIds: this.plan.chatIds,
      onTurn: (path) => this.trace.turn(path),
      onReport: (report) => {
        this.restarts++;
        this.note(`crash of ${report.offender} (${report.context}): ${reasonOf(report.reason)}`);
      },
      onDeadLetter: ({ path, kind, reason }) => {
        this.deadLetters++;
        this.note(`dead letter ${kind} to ${path}: ${reason}`);
      },
      onCommand: (payload) => this.guard(() => this.#commanded(payload)),
      onStarted: () => this.#started(life),
      onEnded: (why) => {
        this.note(`server: life ${life} ended: ${why}`);
        this.disk.crash();
        this.timeline.after(1_000 + this.#random.next() * 5_000, () => this.boot());
      },
    });
  }

  /** The process dies, and comes back as a service manager brings it back. */
  kill(why: string): void {
    if (!this.server.alive) return;
    this.note(`server: life ${this.lives} is killed ${why}`);
    this.server.kill();
    this.disk.crash();
    this.timeline.after(500 + this.#random.next() * 20_000, () => this.boot());
  }

  /** Lives until `toMs`, or until a promise is broken; `atPeace` is called when somebody wants the world to stand still. */
  async run(toMs: number, atPeace: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const { timeline } = this;
    while (this.violation === null) {
      if (this.wantsPeace) {
        this.wantsPeace = false;
        await atPeace();
      }
      const { server } = this;
      const dueMs = timeline.nextMs;
      const busy = server.alive && !server.scheduler.idle;
      if (busy && (dueMs > timeline.nowMs || this.plan.victim !== null || this.#random.chance(0.5))) {
        server.scheduler.step();
        if (this.plan.victim === null) timeline.pass(0.005 + this.#random.next() * 0.05);
        // One hop of every promise: whoever waits for a disk goes on while others have their turns.
        await null;
        continue;
      }
      if (dueMs > timeline.nowMs) {
        // Before time goes on, every promise has come to its end.
        await hostTurn();
        if (this.wantsPeace || this.#isBusy() || timeline.nextMs < dueMs) continue;
      }
      if (dueMs > toMs) break;
      this.trace.steps++;
      timeline.fire();
    }
    if (this.violation === null) timeline.rest(toMs);
  }

  #isBusy(): boolean {
    return this.server.alive && !this.server.scheduler.idle;
  }

  /** Nobody lives here any more; what it holds is given back. */
  end(): void {
    this.server.kill();
    this.disk.store.close();
  }

  /** Lets the house come to rest while the world stands still; false when it was killed on the way. */
  async settle(): Promise<boolean> {
    const { server } = this;
    for (let turns = 0; server.alive; turns++) {
      await hostTurn();
      if (!server.scheduler.step()) return true;
      if (turns > 1_000_000) throw new Violation("ALIVE", "the house does not come to rest");
    }
    return false;
  }

  #commitMs(): number {
    if (this.plan.victim !== null) return 0;
    const random = this.stream("disk speed");
    const stallMs = this.strikes("STORE_SLOW", random) ? random.next() * 3_000 : 0;
    return 0.2 + random.next() * 2 + stallMs;
  }

  #every(periodMs: number, run: () => void): void {
    this.timeline.after(periodMs, () => {
      run();
      this.#every(periodMs, run);
    });
  }

  #second(): void {
    const ticks = this.prices.until(Math.floor(this.timeline.nowMs / SECOND_MS) * SECOND_MS);
    if (ticks.length === 0) return;
    for (const terminal of this.terminals) terminal.live(ticks);
  }

  #started(life: number): void {
    this.note(`server: life ${life} is open`);
    if (this.disk.ledger.users.size === this.plan.users.length) return;
    for (const user of this.plan.users) {
      const eaIds = this.plan.eas.filter((ea) => ea.user === user.id).map((ea) => ea.uuid);
      const change = {
        id: user.id,
        tier: "COMMANDER",
        mode: "AUTO",
        maxAutoSlots: user.maxAutoSlots,
        riskPercent: user.riskPercent,
        confidenceMin: user.band[0],
        confidenceMax: user.band[1],
        eaIds,
      };
      this.server.at.desk.tell(
        { kind: "changeUser", change: change as never, by: "operator", reply: () => {} },
      );
    }
  }

  #written(touched: ReadonlySet<string>): void {
    this.trace.steps++;
    const { ledger } = this.disk;
    for (const id of touched) {
      const { status, code, closeReason, note } = ledger.fires.get(id) ?? {};
      const more = [code, closeReason, note].filter((each) => each !== null && each !== undefined);
      this.note(`disk: ${id} ${status} ${more.join(", ")}`);
    }
    this.checks.written(touched);
  }

  #commanded(payload: Uint8Array): void {
    const fireId = fireIdOf(new TextDecoder().decode(payload));
    if (fireId === null) return;
    this.note(`command ${fireId} leaves`);
    const fire = this.disk.ledger.fires.get(fireId);
    if (fire === undefined) {
      throw new Violation("AT_MOST_ONE_POSITION", `${fireId} is sent, and not on the disk`);
    }
    if (this.truth.fires.has(fireId)) {
      throw new Violation("AT_MOST_ONE_POSITION", `${fireId} is sent a second time`);
    }
    if (this.halted) throw new Violation("LIMITS", `${fireId} leaves a halted house`);
    this.truth.left(fireId, fire.eaId, this.timeline.nowMs);
  }

  #happened(uuid: string, event: EaEvent): void {
    const nowMs = this.timeline.nowMs;
    if (event.kind === "fill") {
      this.note(`${uuid}: ${event.fireId} filled, ticket ${event.position.ticket}`);
      const opened = this.truth.filled(event.fireId, uuid, event.position, nowMs);
      this.guard(() => this.checks.filled(event.fireId, opened));
    } else if (event.kind === "refused") {
      this.note(`${uuid}: ${event.fireId} refused: ${event.message}`);
      this.truth.moved(event.fireId, "refused", nowMs);
    } else if (event.kind === "close") {
      this.note(`${uuid}: ticket ${event.ticket} closed, ${event.reason}`);
      this.truth.closed(uuid, event.ticket, nowMs);
    }
  }

  #networkWeather(): ConstructorParameters<typeof Wires>[2] {
    const nowMs = () => this.timeline.nowMs;
    const travels = new Map(this.plan.eas.map((ea) => [ea.uuid, ea.travelMs]));
    const terminalOf = (uuid: string) => this.#byUuid.get(uuid);
    return {
      strikes: (kind, random, peer) => this.strikes(kind, random, peer),
      travelMs: (peer) => travels.get(peer) ?? 0.3,
      isOnce: ({ toServer, port }) => !toServer && port === PORTS.command,
      left: (travelling) => {
        const lying = terminalOf(travelling.peer)?.lying ?? false;
        if (travelling.toServer && !lying) this.#sentMs.set(travelling, nowMs());
      },
      arrived: (travelling) => {
        const { toServer, port, peer, message } = travelling;
        if (port !== PORTS.command) return;
        const text = new TextDecoder().decode(message.at(-1));
        if (!toServer) {
          const fireId = fireIdOf(text);
          const there = terminalOf(peer)?.received(fireId ?? "") ?? false;
          if (fireId !== null) this.truth.moved(fireId, there ? "at the EA" : "lost", nowMs());
        } else if (text.startsWith('{"type":"HEARTBEAT"') && this.server.open) {
          const sentMs = this.#sentMs.get(travelling);
          if (sentMs !== undefined) this.checks.heartbeat(peer, sentMs);
        }
      },
      lost: ({ toServer, message }) => {
        const fireId = toServer ? null : fireIdOf(new TextDecoder().decode(message.at(-1)));
        if (fireId !== null) this.truth.moved(fireId, "lost", nowMs());
      },
    };
  }
}

/** The fire a command frame is for; null for other frames. */
function fireIdOf(text: string): string | null {
  if (!/"type":\s*"fire"/.test(text)) return null;
  return /"fire_id":\s*"([^"]*)"/.exec(text)?.[1] ?? null;
}

function reasonOf(reason: { readonly kind: string; readonly error?: unknown }): string {
  return reason.error instanceof Error ? reason.error.message : reason.kind;
}
