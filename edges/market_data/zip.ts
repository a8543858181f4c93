/**
 * Zip: finds the one table inside an archive.
 *
 * Layout: PKWARE APPNOTE 6.3.10, 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end), 4.5.3 (zip64's
 * long sizes, which LEAN's files have however small they are). Archives whose directory lies beyond 4 GiB, encrypted
 * ones and other methods than stored and deflate are refused.
 *
 * @module
 */
import { type Refused, refused } from "./types.ts";

/** Where an entry's data lie. */
export interface ZipEntry {
  readonly name: string;
  /** First byte of its data in the archive. */
  readonly start: number;
  /** Bytes as stored in the archive. */
  readonly storedBytes: number;
  readonly deflated: boolean;
  /** CRC-32 of its content. */
  readonly crc: number;
}

interface Listed extends Omit<ZipEntry, "start" | "deflated"> {
  readonly flags: number;
  readonly method: number;
  /** Where its local header stands. */
  readonly header: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
const COMMENT_MAX = 65_535;
const DIRECTORY_MAX = 16 * 1024 * 1024;
const ENTRY_BYTES = 46;
/** A 32-bit size that says: look into the zip64 field. */
const IN_EXTRA = 0xffffffff;
const ZIP64_FIELD = 1;
const [STORED, DEFLATED] = [0, 8];

/** Finds the only `.csv` of an archive, or its only file; a refusal when there is no such one. */
export async function findTable(path: string): Promise<ZipEntry | Refused> {
  using file = await Deno.open(path);
  const size = (await file.stat()).size;
  const listed = await readDirectory(file, size);
  if (listed === null) return refused("badArchive", `${path} is no whole zip archive: load it again`);
  const tables = listed.filter(({ name }) => /\.csv$/i.test(name));
  const files = tables.length > 0 ? tables : listed.filter(({ name }) => !name.endsWith("/"));
  const [table] = files;
  if (table === undefined || files.length > 1) {
    return refused("badArchive", `${path} holds ${files.length} tables, not one: unpack it`);
  }
  return await place(file, path, table);
}

/** Finds where an entry's data begin, behind its local header. */
async function place(file: Deno.FsFile, path: string, listed: Listed): Promise<ZipEntry | Refused> {
  const { name, flags, method, header, storedBytes, crc } = listed;
  const isPlain = (flags & 1) === 0 && (method === STORED || method === DEFLATED);
  if (!isPlain || Number.isNaN(storedBytes + header)) {
    return refused(
      "badArchive",
      `${path} is encrypted, of another method than deflate, or too large: unpack it`,
    );
  }
  const local = await readAt(file, header, 30);
  if (local === null || local.getUint32(0, true) !== LOCAL) {
    return refused("badArchive", `${path} is no whole zip archive: load it again`);
  }
  const start = header + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  return { name, start, storedBytes, deflated: method === DEFLATED, crc };
}

/** Every entry of the central directory, or null when there is none. */
async function readDirectory(file: Deno.FsFile, size: number): Promise<Listed[] | null> {
  const tailBytes = Math.min(size, END_BYTES + COMMENT_MAX);
  const tail = await readAt(file, size - tailBytes, tailBytes);
  const end = tail === null ? -1 : endOfDirectory(tail);
  if (tail === null || end < 0) return null;
  const bytes = tail.getUint32(end + 12, true);
  if (bytes > DIRECTORY_MAX) return null;
  const directory = await readAt(file, tail.getUint32(end + 16, true), bytes);
  return directory === null ? null : readEntries(directory);
}

/** Where the end record stands; it is the last thing but a comment. */
function endOfDirectory(tail: DataView): number {
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) if (tail.getUint32(at, true) === END) return at;
  return -1;
}

function readEntries(view: DataView): Listed[] {
  const entries: Listed[] = [];
  for (let at = 0; at + ENTRY_BYTES <= view.byteLength && view.getUint32(at, true) === CENTRAL;) {
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true)
    );
    const next = at + ENTRY_BYTES + nameBytes! + extraBytes! + commentBytes!;
    if (next > view.byteLength) break;
    entries.push(readEntry(view, at, nameBytes!, extraBytes!));
    at = next;
  }
  return entries;
}

function readEntry(view: DataView, at: number, nameBytes: number, extraBytes: number): Listed {
  const nameAt = at + ENTRY_BYTES;
  const long = longSizes(view, nameAt + nameBytes, nameAt + nameBytes + extraBytes);
  const size = (field: number): number => {
    const value = view.getUint32(at + field, true);
    return value === IN_EXTRA ? long.shift() ?? NaN : value;
  };
  // The long sizes stand in this order, each only where the short one is full.
  const [, storedBytes, header] = [size(24), size(20), size(42)];
  return {
    name: new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + nameAt, nameBytes)),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    storedBytes: storedBytes!,
    header: header!,
  };
}

/** The 64-bit numbers of an entry's zip64 field, in order. */
function longSizes(view: DataView, from: number, end: number): number[] {
  for (let at = from; at + 4 <= end;) {
    const bytes = Math.min(view.getUint16(at + 2, true), end - at - 4);
    if (view.getUint16(at, true) === ZIP64_FIELD) {
      return Array.from({ length: bytes >> 3 }, (_, i) => Number(view.getBigUint64(at + 4 + 8 * i, true)));
    }
    at += 4 + bytes;
  }
  return [];
}

/** Exactly so many bytes from a place, or null when the file is shorter. */
async function readAt(file: Deno.FsFile, from: number, count: number): Promise<DataView | null> {
  const bytes = new Uint8Array(count);
  await file.seek(from, Deno.SeekMode.Start);
  for (let at = 0; at < count;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) return null;
    at += read;
  }
  return new DataView(bytes.buffer);
}
