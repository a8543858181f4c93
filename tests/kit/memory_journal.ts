/**
 * Memory journal: the twins of the line journal and the tick history, with a disk that can be broken.
 *
 * @module
 */
import type { LineJournal, TickHistory } from "../../protocols/ports.ts";
import type { Tick } from "../../protocols/tick.ts";

/** A line journal in memory. */
export interface MemoryLineJournal extends LineJournal {
  /** Every line that is in, oldest first. */
  readonly lines: readonly string[];
  /** The market times of the appends, one per line. */
  readonly times: readonly number[];
  /** The next `times` appends throw and add nothing. */
  failNext(times: number): void;
  /** The next append is cut off by a kill after `count` of its lines: it throws, the journal is as after reopening. */
  killNextAfter(count: number): void;
  /** A kill and reopening: the cursor is that of the last line. */
  crash(): void;
}

/** A tick history in memory. */
export interface MemoryTickHistory extends TickHistory {
  /** A kill and reopening: what was not flushed is gone. */
  crash(): void;
}

/** Makes an empty journal that holds its callers to the same rules as the one on disk. */
export function memoryLineJournal(): MemoryLineJournal {
  const lines: string[] = [];
  const times: number[] = [];
  let cursor = 0;
  let failures = 0;
  let survivors: number | null = null;
  const lastSeq = () => lines.length === 0 ? 0 : seqOf(lines.at(-1)!);

  return {
    lines,
    times,
    append(added, to, atMs) {
      requireRising(added, cursor, to);
      if (failures > 0) {
        failures -= 1;
        throw new Error("No space left on device");
      }
      const written = added.slice(0, survivors ?? added.length);
      lines.push(...written);
      times.push(...written.map(() => atMs));
      cursor = survivors === null ? Math.max(cursor, to) : lastSeq();
      if (survivors === null) return;
      survivors = null;
      throw new Error("killed");
    },
    cursor: () => cursor,
    close() {},
    failNext: (count) => failures = count,
    killNextAfter: (count) => survivors = count,
    crash: () => cursor = lastSeq(),
  };
}

/** Makes an empty history. */
export function memoryTickHistory(): MemoryTickHistory {
  const flushed: Tick[] = [];
  let buffered: Tick[] = [];
  const flush = () => {
    flushed.push(...buffered);
    buffered = [];
  };

  return {
    record(tick) {
      if (!Number.isFinite(tick.atMs + tick.receivedAtMs)) throw new Error("Cannot record tick");
      buffered.push(tick);
    },
    flush,
    *read(symbol, fromMs) {
      const taken = [...flushed, ...buffered];
      yield* taken.filter((tick) => tick.symbol === symbol && tick.atMs >= fromMs);
    },
    close: flush,
    crash: () => buffered = [],
  };
}

function requireRising(lines: readonly string[], from: number, to: number): void {
  let before = from;
  for (const line of lines) {
    const seq = seqOf(line);
    if (!(seq > before) || line.includes("\n")) throw new Error(`Cannot append line: ${line}`);
    before = seq;
  }
  if (before > to && lines.length > 0) {
    throw new Error(`Cannot append lines up to ${before} with cursor ${to}`);
  }
}

function seqOf(line: string): number {
  return (JSON.parse(line) as { readonly seq: number }).seq;
}
