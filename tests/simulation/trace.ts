/**
 * The trace of a simulated world: every step hashed, the last ones kept, all of them told to whoever wants them.
 *
 * @module
 */

/** Lines kept for a report. */
const KEPT = 50;

/** Two 32-bit FNV-1a hashes over different bases: 16 hex digits. Fowler, Noll, Vo; http://www.isthe.com/chongo/tech/comp/fnv/. */
class Hash {
  #a = 0x811c9dc5;
  #b = 0x01000193;

  add(text: string): void {
    let [a, b] = [this.#a, this.#b];
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ (code + 0x9d), 0x01000193);
    }
    this.#a = Math.imul(a ^ 0x0a, 0x01000193);
    this.#b = Math.imul(b ^ 0x0b, 0x01000193);
  }

  get hex(): string {
    return [this.#a, this.#b].map((part) => (part >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

/** Everything that happened, in order. */
export class Trace {
  readonly #hash = new Hash();
  readonly #last: string[] = [];
  readonly #tell: ((line: string) => void) | null;
  /** Turns of actors and events of the world. */
  steps = 0;

  constructor(tell: ((line: string) => void) | null) {
    this.#tell = tell;
  }

  /** A turn of an actor. */
  turn(path: string): void {
    this.steps++;
    this.#hash.add(path);
    this.#tell?.(`  turn ${path}`);
  }

  /** Something happened in the world. */
  note(atMs: number, what: string): void {
    const line = `${new Date(atMs).toISOString().slice(11)} ${what}`;
    this.#hash.add(line);
    this.#last.push(line);
    if (this.#last.length > KEPT) this.#last.shift();
    this.#tell?.(line);
  }

  get hash(): string {
    return this.#hash.hex;
  }

  /** The last 50 events, oldest first. */
  get last(): readonly string[] {
    return this.#last;
  }
}
