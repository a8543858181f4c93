/**
 * The ledger of a chaotic run: everything that was sent, heard, begun and ended, and every broken promise.
 *
 * @module
 */
import type { DeadLetter, Exit, Reply } from "../../../runtime/mod.ts";

/** What a chaotic actor hears. Its own messages carry the number of the life they belong to. */
export type Message =
  | { readonly kind: "work"; readonly from: string; readonly number: number; readonly how: How }
  | { readonly kind: "ask"; readonly how: How; readonly reply: Reply<string> }
  | { readonly kind: "ended"; readonly watch: Watch; readonly exit: Exit }
  | { readonly kind: "own"; readonly life: Life };

/** What a handler does with its message. */
export interface How {
  /** Throws before anything else. */
  readonly early: boolean;
  readonly waitMs: number;
  readonly end: "answer" | "keep" | "throw" | "exit" | "leave";
  readonly tell: string | null;
  readonly watch: string | null;
}

/** One incarnation. */
export interface Life {
  readonly path: string;
  readonly number: number;
  readonly signal: AbortSignal;
  phase: "init" | "lives" | "stops";
}

/** One monitor. */
export interface Watch {
  readonly watcher: Life;
  /** Null: nobody lived there. */
  readonly target: Life | null;
  notices: number;
}

class Tally {
  readonly #counts = new Map<string, number>();

  of(path: string): number {
    return this.#counts.get(path) ?? 0;
  }

  add(path: string): number {
    const count = this.of(path) + 1;
    this.#counts.set(path, count);
    return count;
  }
}

/** Messages that came to an end before a handler was called with them, by whom they were for. */
export class Lost {
  readonly #tally = new Tally();
  #read = 0;

  /** Counts the letters that have come since the last time. */
  read(letters: readonly DeadLetter[]): void {
    for (; this.#read < letters.length; this.#read++) {
      const { path, reason } = letters[this.#read] as DeadLetter;
      if (reason !== "crashed" && reason !== "late_reply") this.#tally.add(path);
    }
  }

  of(path: string): number {
    return this.#tally.of(path);
  }
}

/** Everything a run keeps count of. */
export class Ledger {
  readonly lines: string[] = [];
  /** Messages from others, by whom they were for. */
  readonly sent = new Tally();
  /** Of those, the ones a handler was called with. */
  readonly taken = new Tally();
  /** And those that no handler was called with. */
  readonly lost = new Lost();
  /** Numbers given, by sender and receiver. */
  readonly numbers = new Tally();
  readonly heard = new Map<string, number>();
  readonly lives = new Map<string, Life>();
  readonly watches: Watch[] = [];
  asked = 0;
  readonly settled: string[] = [];
  requested = 0;
  readonly answers: string[] = [];
  /** Children with a request by hand under way, by number of requests. */
  readonly byHand = new Map<string, number>();
  /** Children that were stopped by hand, or whose restart by hand failed. */
  readonly leftDown = new Set<string>();
  /** Children that said goodbye of their own will and have not been asked back by hand. */
  readonly goodbyes = new Set<string>();
  /** True once no more faults are injected. */
  calm = false;
  /** Situations worth reaching. */
  readonly reached = new Set<string>();
  /** Promises that were broken; an assertion inside an actor would only crash it. */
  readonly broken = new Set<string>();

  check(holds: boolean, what: string): void {
    if (!holds) this.broken.add(what);
  }

  /** Who lives at a path now. */
  living(path: string): Life | null {
    const life = this.lives.get(path);
    return life === undefined || life.signal.aborted ? null : life;
  }

  /** A message from another is heard: those of one sender come in order. */
  hear(from: string, to: string, number: number): void {
    const lane = `${from}>${to}`;
    this.check(number > (this.heard.get(lane) ?? 0), `${lane}: ${number} after ${this.heard.get(lane)}`);
    this.heard.set(lane, number);
  }

  /** A request to a supervisor about a child, and its answer. */
  request(
    path: string,
    asked: Promise<{ readonly ok: boolean; readonly reason?: string }>,
    told: (reason: string) => void = () => {},
  ): void {
    this.requested++;
    this.byHand.set(path, (this.byHand.get(path) ?? 0) + 1);
    void asked.then(({ ok, reason }) => {
      this.byHand.set(path, (this.byHand.get(path) ?? 0) - 1);
      this.answers.push(ok ? "ok" : String(reason));
      told(ok ? "ok" : String(reason));
    });
  }
}
