/**
 * The line between the bench and a process that loads the house: one JSON value per line, both ways.
 *
 * @module
 */
import { TextLineStream } from "./lines.ts";

/** A loading process. */
export class PeerLink {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  /** Starts `load_peer.ts` in a role. */
  constructor(role: string, terms: object) {
    const script = new URL("./load_peer.ts", import.meta.url).pathname;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", script, JSON.stringify({ role, ...terms })],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
    this.#writer = this.#child.stdin.getWriter();
  }

  /**
   * What it says next.
   *
   * @throws {Error} (as rejection) when it has ended
   */
  async next<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("Cannot hear the loading process as it must run: it has ended");
    return JSON.parse(value) as T;
  }

  /** Tells it something. */
  async say(value: unknown): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
  }

  /** Lets it go; resolves when it is gone. */
  async end(): Promise<void> {
    await this.#writer.close();
    await this.#child.status;
  }
}
