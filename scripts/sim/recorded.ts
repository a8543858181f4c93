/**
 * Recorded ticks in step with the market clock: CSV, gzipped or plain, one file per symbol, read as it is needed.
 *
 * @module
 */
import { basename } from "node:path";
import type { MarketTick, PriceSource } from "./prices.ts";

/** One file of ticks: lines `timestamp_ms,bid,ask`, UTC, ascending, with or without a header. */
export interface Recording {
  /** Canonical name. */
  readonly symbol: string;
  readonly path: string;
}

/**
 * Reads `SYMBOL=FILE`, or a file whose name begins with the symbol: `EURUSD_oanda_2014.csv.gz`.
 *
 * @throws {Error} when no symbol is named
 */
export function parseRecording(text: string): Recording {
  const named = /^([A-Z]{6})=(.+)$/.exec(text);
  if (named !== null) return { symbol: named[1]!, path: named[2]! };
  const symbol = /^[A-Z]{6}/.exec(basename(text))?.[0];
  if (symbol === undefined) {
    throw new Error(`Cannot read recording as its name must begin with a symbol: current value is ${text}`);
  }
  return { symbol, path: text };
}

/** Ticks of several files, merged by time; those up to `fromMs` are passed over. */
export async function recordedSource(recordings: readonly Recording[], fromMs: number): Promise<PriceSource> {
  const tapes = recordings.map((recording) => new Tape(recording));
  const until = async (toMs: number): Promise<MarketTick[]> => {
    const parts = await Promise.all(tapes.map((tape) => tape.until(toMs)));
    return parts.flat().sort((a, b) => a.atMs - b.atMs);
  };
  await until(fromMs);
  return {
    symbols: recordings.map(({ symbol }) => symbol),
    until,
    latest: () => tapes.flatMap(({ last }) => last === null ? [] : [last]),
    close: async () => void await Promise.all(tapes.map((tape) => tape.close())),
  };
}

/** The text of an open recording, piece by piece; unpacked when its name ends in `.gz`. */
export function textOf(file: Deno.FsFile, path: string): ReadableStream<string> {
  const bytes = path.endsWith(".gz")
    ? file.readable.pipeThrough(new DecompressionStream("gzip"))
    : file.readable;
  return bytes.pipeThrough(new TextDecoderStream());
}

/** One file: what was read of it and not yet asked for. */
class Tape {
  readonly #symbol: string;
  readonly #ticks: AsyncGenerator<MarketTick[]>;
  #waiting: MarketTick[] = [];
  #at = 0;
  #ended = false;
  #last: MarketTick | null = null;

  constructor({ symbol, path }: Recording) {
    this.#symbol = symbol;
    this.#ticks = this.#read(path);
  }

  /** The last tick handed over. */
  get last(): MarketTick | null {
    return this.#last;
  }

  async until(toMs: number): Promise<MarketTick[]> {
    const ticks: MarketTick[] = [];
    while (true) {
      for (let next = this.#waiting[this.#at]; next !== undefined; next = this.#waiting[this.#at]) {
        if (next.atMs > toMs) return ticks;
        ticks.push(next);
        this.#last = next;
        this.#at++;
      }
      if (this.#ended || !await this.#more()) return ticks;
    }
  }

  /** Closes the file. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#ticks.return(undefined);
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#ticks.next();
    this.#ended = done === true;
    [this.#waiting, this.#at] = [value ?? [], 0];
    return !this.#ended;
  }

  async *#read(path: string): AsyncGenerator<MarketTick[], void> {
    using file = await Deno.open(path);
    let rest = "";
    for await (const text of textOf(file, path)) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      yield lines.flatMap((line) => this.#tick(line));
    }
    yield this.#tick(rest);
  }

  /** A header, an empty line or a torn one is no tick. */
  #tick(line: string): MarketTick[] {
    const [atMs = NaN, bid = NaN, ask = NaN] = line.split(",").map(Number);
    return atMs > 0 && bid > 0 && ask > 0 ? [{ symbol: this.#symbol, bid, ask, atMs }] : [];
  }
}
