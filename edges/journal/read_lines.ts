/**
 * Reads the whole lines of a file piece by piece, in bounded memory.
 *
 * @module
 */

const CHUNK = 65_536;

/** Whole lines in order, without their newline; a torn last one is left out. The file closes when reading ends. */
export function* readLines(path: string): Iterable<string> {
  const file = Deno.openSync(path, { read: true });
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(CHUNK);
  let rest = "";
  try {
    for (let count = file.readSync(chunk); count !== null; count = file.readSync(chunk)) {
      const lines = (rest + decoder.decode(chunk.subarray(0, count), { stream: true })).split("\n");
      rest = lines.pop()!;
      yield* lines;
    }
  } finally {
    file.close();
  }
}
