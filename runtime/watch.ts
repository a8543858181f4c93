/**
 * Watching other incarnations: monitors, which tell, and links, which take along.
 *
 * @module
 */
import type { Exit, Monitor } from "./actor.ts";
import { Own } from "./envelope.ts";
import type { Life } from "./life.ts";

/** Makes a message of how somebody ended. */
export type ToMessage = (exit: Exit) => unknown;

/** One incarnation watching another. */
export class Watch implements Monitor {
  readonly #watcher: Life;
  readonly #notice: Own;
  #target: Life | null = null;

  constructor(watcher: Life, toMessage: ToMessage) {
    this.#watcher = watcher;
    this.#notice = new Own(watcher, null, toMessage);
  }

  begin(target: Life): void {
    this.#target = target;
    target.watchers().add(this);
    this.#watcher.watching().add(this);
  }

  fire(exit: Exit): void {
    this.#part();
    this.#notice.content = exit;
    this.#watcher.post(this.#notice);
  }

  cancel(): void {
    this.#notice.calledOff = true;
    this.#part();
  }

  #part(): void {
    this.#target?.watchers().delete(this);
    this.#watcher.watching().delete(this);
    this.#target = null;
  }
}

/** One end of a link: what its incarnation makes of the other's end. */
export class Link implements Monitor {
  readonly #life: Life;
  readonly #other: Life;
  /** Null: it dies along. */
  #notice: Own | null = null;

  constructor(life: Life, other: Life) {
    this.#life = life;
    this.#other = other;
  }

  /** Hears of the other's end instead of dying along; the latest wish counts. */
  trap(toMessage: ToMessage | undefined): void {
    this.#notice = toMessage === undefined ? null : new Own(this.#life, null, toMessage);
  }

  /** The other has ended. */
  sever(exit: Exit): void {
    this.#life.links().delete(this.#other);
    if (this.#notice !== null) {
      this.#notice.content = exit;
      this.#life.post(this.#notice);
    } else if (exit.kind !== "normal") this.#life.exit(exit);
  }

  cancel(): void {
    if (this.#notice !== null) this.#notice.calledOff = true;
    this.#life.links().delete(this.#other);
    this.#other.links().delete(this.#life);
  }
}
