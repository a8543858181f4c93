/**
 * The disk of a simulated world: the memory store with faults, seen by an observer, and a process that may die on it.
 *
 * @module
 */
import type { LineJournal, StoreEdge, TickHistory } from "../../protocols/ports.ts";
import type { CommitResult, Write } from "../../protocols/store.ts";
import type { Random } from "../../runtime/mod.ts";
import { memoryLineJournal, memoryTickHistory } from "../kit/memory_journal.ts";
import { memoryStore } from "../kit/memory_store.ts";
import { Ledger } from "./ledger.ts";
import type { Breath, Timeline } from "./timeline.ts";

/** What a disk does to its world. */
export interface DiskWeather {
  /** How long this commit takes, ms. */
  commitMs(): number;
  /** Whether the process dies while it writes. */
  kills(): boolean;
  /** Ends the process now. */
  kill(): void;
  /** Called after each commit that is durable, with the fires it touched. */
  written(touched: ReadonlySet<string>): void;
}

/** Thrown where a process has died: nobody lives to catch it. */
export class Dead extends Error {}

/** What outlives every process. */
export class Disk {
  readonly ledger = new Ledger();
  readonly store = memoryStore();
  readonly journal = memoryLineJournal();
  readonly history = memoryTickHistory();
  /** The next so many commits are refused. */
  failures = 0;
  /** The next commit is written, and its answer lost. */
  losesAnswer = false;
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #weather: DiskWeather;

  constructor(timeline: Timeline, random: Random, weather: DiskWeather) {
    this.#timeline = timeline;
    this.#random = random;
    this.#weather = weather;
  }

  /** The store as one process has it. */
  storeEdge(breath: Breath): StoreEdge {
    const { store } = this;
    const live = <T>(read: () => T): T => {
      if (!breath.alive) throw new Dead("the process is gone");
      return read();
    };
    return {
      commit: (groups) => live(() => this.#commit(groups)),
      select: (selection) => live(() => store.select(selection)),
      events: (afterSeq, limit) => live(() => store.events(afterSeq, limit)),
      lastSeq: () => live(() => store.lastSeq()),
      close: () => {},
    };
  }

  /** The tracking journal as one process has it. */
  journalEdge(breath: Breath): LineJournal {
    const { journal } = this;
    return {
      append: (lines, cursor, atMs) => {
        if (!breath.alive) throw new Dead("the process is gone");
        journal.append(lines, cursor, atMs);
      },
      cursor: () => journal.cursor(),
      close: () => {},
    };
  }

  /** The recorded ticks as one process has them. */
  historyEdge(breath: Breath): TickHistory {
    const { history } = this;
    return {
      record: (tick) => {
        if (breath.alive) history.record(tick);
      },
      flush: () => {
        if (breath.alive) history.flush();
      },
      read: (symbol, fromMs) => history.read(symbol, fromMs),
      close: () => {},
    };
  }

  /** What a kill leaves: buffers that were not written are gone. */
  crash(): void {
    this.history.crash();
    this.journal.crash();
  }

  #commit(groups: readonly (readonly Write[])[]): readonly CommitResult[] {
    this.#timeline.pass(this.#weather.commitMs());
    if (this.#weather.kills()) this.#die(groups);
    if (this.failures > 0) {
      this.failures--;
      this.store.failNext(groups.length);
    }
    const results = this.#write(groups);
    if (!this.losesAnswer) return results;
    this.losesAnswer = false;
    throw new Error("simulated: the disk's answer was lost");
  }

  #write(groups: readonly (readonly Write[])[]): readonly CommitResult[] {
    const results = this.store.commit(groups);
    this.#weather.written(this.ledger.take(groups, results));
    return results;
  }

  /** The process dies in the middle of a commit: nobody knows whether it was durable by then. */
  #die(groups: readonly (readonly Write[])[]): never {
    if (this.#random.chance(0.5)) this.#write(groups);
    this.#weather.kill();
    throw new Dead("killed while writing");
  }
}
