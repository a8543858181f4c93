/**
 * Zip archives for tests, as other programs write them.
 *
 * @module
 */
import { crc32, deflateRawSync } from "node:zlib";

/** How an archive is written. */
export interface ZipOptions {
  /** 8 is deflate, the default; 0 is stored; anything else says so and stores. */
  readonly method?: number;
  /** Writes sizes and places into the 64-bit fields of the directory, as LEAN's files have them. */
  readonly long?: boolean;
  /** 1 says that the entries are encrypted. */
  readonly flags?: number;
  /** What stands behind the archive's end. */
  readonly comment?: string;
}

type Field = readonly [bytes: 2 | 4 | 8, value: number];

/** A zip archive of these entries. */
export function zip(entries: Readonly<Record<string, string>>, options: ZipOptions = {}): Uint8Array {
  const bodies: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  for (const [name, text] of Object.entries(entries)) {
    const { local, central } = zipEntry(name, text, lengthOf(bodies), options);
    bodies.push(local);
    directory.push(central);
  }
  const count = directory.length;
  const comment = new TextEncoder().encode(options.comment ?? "");
  const places: Field[] = [[4, lengthOf(directory)], [4, lengthOf(bodies)], [2, comment.length]];
  const end = fields([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], ...places);
  return join([...bodies, ...directory, end, comment]);
}

function zipEntry(
  name: string,
  text: string,
  at: number,
  { method = 8, long = false, flags = 0 }: ZipOptions,
): { local: Uint8Array; central: Uint8Array } {
  const raw = new TextEncoder().encode(text);
  const label = new TextEncoder().encode(name);
  const data = method === 8 ? deflateRawSync(raw) : raw;
  const sizes: Field[] = long ? [[4, FULL], [4, FULL]] : [[4, data.length], [4, raw.length]];
  const shared: Field[] = [[2, 45], [2, flags], [2, method], [4, 0], [4, crc32(raw)], ...sizes, [
    2,
    label.length,
  ]];
  const extra = long
    ? fields([2, 1], [2, 24], [8, raw.length], [8, data.length], [8, at])
    : new Uint8Array(0);
  const local = [fields([4, 0x04034b50], ...shared, [2, extra.length]), label, extra, data];
  const place: Field[] = [[2, 0], [2, 0], [2, 0], [4, 0], [4, long ? FULL : at]];
  const central = [fields([4, 0x02014b50], [2, 45], ...shared, [2, extra.length], ...place), label, extra];
  return { local: join(local), central: join(central) };
}

const FULL = 0xffffffff;

/** Little-endian fields. */
function fields(...list: readonly Field[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(list.reduce((sum, [bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of list) {
    if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
