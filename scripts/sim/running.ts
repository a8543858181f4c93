/**
 * The life of a simulated EA: every broker second that fell due, in order, however fast the clock runs.
 *
 * A full PUSH queue blocks the whole EA, as it blocks a terminal's thread: its broker lives on, the EA misses what
 * passes meanwhile.
 *
 * @module
 */
import type { MarketClock } from "../../runtime/clock.ts";
import { startTimer } from "../../runtime/host.ts";
import { pause } from "../lib/pause.ts";
import type { Ea } from "./ea.ts";
import type { PaperBroker } from "./paper_broker.ts";
import type { MarketTick, PriceSource } from "./prices.ts";
import type { EaSockets } from "./sockets.ts";
import type { Outgoing } from "./writer.ts";

/** What it lives with. */
export interface RunningParts {
  readonly ea: Ea;
  readonly broker: PaperBroker;
  readonly source: PriceSource;
  readonly sockets: EaSockets;
  readonly clock: MarketClock;
  readonly onBlocked: (channel: string) => void;
  /** Called after every pump, with the market time lived through. */
  readonly onLived: (atMs: number) => void;
}

/** Wall time between two looks at the clock. */
const LOOK_MS = 6;
/** Wall time between two tries to send into a full queue. */
const TRY_AGAIN_MS = 5;
const SECOND_MS = 1_000;
/** As much market is taken in at once: a process that slept through a day must not hold a day of ticks. */
const STRETCH_MS = 60_000;

/** A running EA. */
export class Running {
  readonly #parts: RunningParts;
  #waiting: MarketTick[] = [];
  #livedMs: number;
  #cancelLook: () => void = () => {};
  #pumping: Promise<void> | null = null;
  #stopping = false;

  constructor(parts: RunningParts) {
    this.#parts = parts;
    this.#livedMs = parts.clock.nowMs();
  }

  /** Market ms between its clock and what it has lived through. */
  get behindMs(): number {
    return Math.max(0, this.#parts.clock.nowMs() - this.#livedMs);
  }

  /** Looks at the clock from now on. */
  go(): void {
    this.#cancelLook = startTimer(LOOK_MS, async () => {
      await this.pump();
      if (!this.#stopping) this.go();
    });
  }

  /** Lives through everything due. A call while another runs shares its work. */
  pump(): Promise<void> {
    return this.#pumping ??= this.#pump().finally(() => void (this.#pumping = null));
  }

  /** Ends: nothing more is lived through; waits for the step that is under way. */
  async end(): Promise<void> {
    this.#stopping = true;
    this.#cancelLook();
    await this.#pumping;
  }

  /** Sends, waiting as long as the queue is full, unless the EA is being stopped. */
  async say(messages: readonly Outgoing[]): Promise<void> {
    for (const message of messages) {
      if (!await this.#parts.sockets.send(message)) await this.#blocked(message);
    }
  }

  async #pump(): Promise<void> {
    while (!this.#stopping && await this.#fetch()) {
      for (let second = this.#nextSecond(); second.length > 0; second = this.#nextSecond()) {
        await this.say(this.#parts.ea.second(second));
      }
      this.#parts.onLived(this.#livedMs);
    }
  }

  /** Takes in a stretch of what has happened in the market; false when there was nothing more up to now. */
  async #fetch(): Promise<boolean> {
    const toMs = Math.min(this.#parts.clock.nowMs(), this.#livedMs + STRETCH_MS);
    if (toMs <= this.#livedMs) return false;
    this.#waiting.push(...await this.#parts.source.until(toMs));
    this.#livedMs = toMs;
    return true;
  }

  /** The ticks of the next second in which there are any. */
  #nextSecond(): MarketTick[] {
    const first = this.#waiting[0];
    if (first === undefined) return [];
    const endMs = (Math.floor(first.atMs / SECOND_MS) + 1) * SECOND_MS;
    const later = this.#waiting.findIndex((tick) => tick.atMs >= endMs);
    return this.#waiting.splice(0, later < 0 ? this.#waiting.length : later);
  }

  async #blocked(message: Outgoing): Promise<void> {
    this.#parts.onBlocked(message.channel);
    const after: Outgoing[] = [];
    do {
      await pause(TRY_AGAIN_MS);
      do after.push(...this.#parts.ea.absorb(this.#waiting.splice(0))); while (await this.#fetch());
    } while (!this.#stopping && !await this.#parts.sockets.send(message));
    if (!this.#stopping) await this.say(after);
  }
}
