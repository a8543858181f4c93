/**
 * Waits until one of several file descriptors is readable, off the main thread, by one `poll(2)`.
 *
 * Deno's stand-in for libuv's `uv_poll` fires once per start, so the library's own waiting can hang for ever;
 * this asks the C library itself. Where it cannot be loaded a 1 ms timer takes its place.
 *
 * @module
 */

/** Waits for file descriptors. */
export interface Waiter {
  /** Resolves when a descriptor became readable, `wake` was called, or `timeoutMs` passed. */
  wait(descriptors: readonly number[], timeoutMs: number): Promise<void>;
  /** Ends the running wait, or the next one at once. */
  wake(): void;
  close(): void;
}

const POLLIN = 1;
/** `struct pollfd`: int fd, short events, short revents. */
const POLLFD_BYTES = 8;

const symbols = {
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32", nonblocking: true },
  pipe: { parameters: ["buffer"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

type Libc = Deno.DynamicLibrary<typeof symbols>;

/** Names of the C library, most likely first. */
function libcNames(): readonly string[] {
  if (Deno.build.os === "windows") return [];
  if (Deno.build.os === "darwin") return ["libSystem.B.dylib"];
  return ["libc.so.6", `libc.musl-${Deno.build.arch}.so.1`, "libc.so"];
}

function openLibc(): Libc | null {
  for (const name of libcNames()) {
    try {
      return Deno.dlopen(name, symbols);
    } catch {
      continue; // The next name, then the timer.
    }
  }
  return null;
}

/** Opens a waiter: `poll(2)` where it can be loaded, else a 1 ms timer. */
export function openWaiter(): Waiter {
  const libc = openLibc();
  if (libc === null) return timerWaiter();
  const ends = new Int32Array(2);
  if (libc.symbols.pipe(ends) === 0) return new PollWaiter(libc, ends[0]!, ends[1]!);
  libc.close();
  return timerWaiter();
}

/** A waiter that looks again after 1 ms, whatever happened. */
export function timerWaiter(): Waiter {
  return {
    wait: () => new Promise((resolve) => setTimeout(resolve, 1)),
    wake() {},
    close() {},
  };
}

class PollWaiter implements Waiter {
  readonly #libc: Libc;
  readonly #readEnd: number;
  readonly #writeEnd: number;
  readonly #byte = new Uint8Array(8);
  #table = new DataView(new ArrayBuffer(0));
  #waking = false;

  constructor(libc: Libc, readEnd: number, writeEnd: number) {
    this.#libc = libc;
    this.#readEnd = readEnd;
    this.#writeEnd = writeEnd;
  }

  async wait(descriptors: readonly number[], timeoutMs: number): Promise<void> {
    const count = descriptors.length + 1;
    if (this.#table.byteLength < count * POLLFD_BYTES) {
      this.#table = new DataView(new ArrayBuffer(count * 2 * POLLFD_BYTES));
    }
    this.#put(0, this.#readEnd);
    descriptors.forEach((descriptor, index) => this.#put(index + 1, descriptor));
    const table = new Uint8Array(this.#table.buffer);
    await this.#libc.symbols.poll(table, BigInt(count), timeoutMs);
    this.#forgetWake();
  }

  wake(): void {
    if (this.#waking) return; // One byte is enough, and a full pipe would block.
    this.#waking = true;
    this.#libc.symbols.write(this.#writeEnd, this.#byte, 1n);
  }

  close(): void {
    this.#libc.symbols.close(this.#readEnd);
    this.#libc.symbols.close(this.#writeEnd);
    this.#libc.close();
  }

  #put(index: number, descriptor: number): void {
    const at = index * POLLFD_BYTES;
    this.#table.setInt32(at, descriptor, true);
    this.#table.setInt16(at + 4, POLLIN, true);
    this.#table.setInt16(at + 6, 0, true);
  }

  #forgetWake(): void {
    if (!this.#waking) return;
    this.#libc.symbols.read(this.#readEnd, this.#byte, 8n);
    this.#waking = false;
  }
}
