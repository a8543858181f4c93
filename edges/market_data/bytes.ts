/**
 * Bytes: the text of a file piece by piece, unpacked and narrowed to one byte a character.
 *
 * @module
 */
import type { Transform } from "node:stream";
import { crc32, createGunzip, createInflateRaw } from "node:zlib";
import { type Refused, refused } from "./types.ts";
import { findTable, type ZipEntry } from "./zip.ts";

/** A file's text. */
export interface Text {
  /** The path, and for an archive the name inside it. */
  readonly name: string;
  /** The text from its start, no byte-order mark; throws when the file is damaged. The file closes when it ends. */
  chunks(): AsyncGenerator<Uint8Array, void>;
}

/** Bytes read at once, packed or not. */
const CHUNK = 131_072;
/** Bytes unpacked at once. */
const GZIP_CHUNK = { chunkSize: 262_144 };

/** Opens a plain, gzipped or zipped file of ASCII, UTF-8 or UTF-16 text. It is known by its first bytes. */
export async function openText(path: string): Promise<Text | Refused> {
  try {
    const [first, second] = await firstBytes(path);
    if (first === 0x50 && second === 0x4b) return await zipped(path);
    const isGzip = first === 0x1f && second === 0x8b;
    const name = isGzip ? path.replace(/\.gz$/i, "") : path;
    return { name, chunks: () => narrowed(flow(path, isGzip ? createGunzip(GZIP_CHUNK) : null)) };
  } catch (error) {
    return refused("unreadable", `${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(2);
  await file.read(bytes);
  return bytes;
}

async function zipped(path: string): Promise<Text | Refused> {
  const entry = await findTable(path);
  if ("kind" in entry) return entry;
  return { name: `${path}/${entry.name}`, chunks: () => narrowed(checked(path, entry)) };
}

/** The content of an entry, which throws at its end when it is not what was packed. */
async function* checked(path: string, entry: ZipEntry): AsyncGenerator<Uint8Array, void> {
  let crc = 0;
  const inflate = entry.deflated ? createInflateRaw(GZIP_CHUNK) : null;
  const end = entry.start + entry.storedBytes;
  for await (const chunk of flow(path, inflate, entry.start, end)) {
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (crc !== entry.crc) throw new Error(`the checksum of ${entry.name} is not the archive's`);
}

/** A stretch of a file, unpacked. */
function flow(
  path: string,
  decoder: Transform | null,
  start = 0,
  end = Infinity,
): AsyncGenerator<Uint8Array, void> {
  const packed = stretch(path, start, end);
  return decoder === null ? packed : unpacked(packed, decoder);
}

/** The bytes of a file from `start` up to `end`, or to where it ends. */
async function* stretch(path: string, start: number, end: number): AsyncGenerator<Uint8Array, void> {
  using file = await Deno.open(path);
  await file.seek(start, Deno.SeekMode.Start);
  for (let left = end - start; left > 0;) {
    const bytes = new Uint8Array(Math.min(left, CHUNK));
    const count = await file.read(bytes);
    if (count === null) return;
    left -= count;
    yield bytes.subarray(0, count);
  }
}

/**
 * Runs pieces through one of zlib's decoders, piece by piece. Zlib's, because the platform's `DecompressionStream`
 * fails on gzip files of several members; by hand, because destroying a stream half read raises an error of its own.
 */
async function* unpacked(
  pieces: AsyncGenerator<Uint8Array, void>,
  decoder: Transform,
): AsyncGenerator<Uint8Array, void> {
  let ready: Uint8Array[] = [];
  const take = (): Uint8Array[] => {
    const taken = ready;
    ready = [];
    return taken;
  };
  decoder.on("data", (chunk: Uint8Array) => ready.push(chunk));
  const failed = new Promise<never>((_, reject) => decoder.on("error", reject));
  failed.catch(() => {});
  try {
    for await (const piece of pieces) {
      await Promise.race([failed, new Promise((resolve) => decoder.write(piece, resolve))]);
      yield* take();
    }
    await Promise.race([failed, new Promise((resolve) => decoder.on("end", resolve).end())]);
    yield* take();
  } finally {
    decoder.destroy();
    await pieces.return();
  }
}

/** Drops the byte-order mark, and of UTF-16 the high bytes: every format is ASCII where it is looked at. */
async function* narrowed(chunks: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  let width: Width | null = null;
  let at = 0;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    const bytes = width === null ? withoutMark(chunk) : chunk;
    width ??= widthOf(chunk);
    yield width === "narrow" ? bytes : everyOther(bytes, at + (width === "littleEndian" ? 0 : 1));
    at += bytes.length;
  }
}

type Width = "narrow" | "littleEndian" | "bigEndian";

function widthOf(bytes: Uint8Array): Width {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[1] === 0 && bytes[3] === 0)) return "littleEndian";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "bigEndian" : "narrow";
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return isWide ? bytes.subarray(2) : bytes;
}

/** Every second byte of a piece, from its first when `at` is even; a character may be cut by the piece's edge. */
function everyOther(bytes: Uint8Array, at: number): Uint8Array {
  const from = at % 2;
  const narrow = new Uint8Array(Math.ceil((bytes.length - from) / 2));
  for (let i = 0; i < narrow.length; i++) narrow[i] = bytes[from + 2 * i]!;
  return narrow;
}
