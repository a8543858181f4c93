/**
 * Bytes to lines.
 *
 * @module
 */

/** Cuts a stream of UTF-8 at its line ends. */
export class TextLineStream extends TransformStream<Uint8Array, string> {
  /** Makes one. */
  constructor() {
    const decoder = new TextDecoder();
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = lines.pop()!;
        for (const line of lines) controller.enqueue(line);
      },
    });
  }
}
