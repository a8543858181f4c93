/**
 * File helpers for the scripts.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** The file path of a `file:` URL. */
export function fromFileUrl(url: URL): string {
  return fileURLToPath(url);
}

/** `path` as seen from the folder `root`, which ends with "/". */
export function relativePath(root: string, path: string): string {
  return path.startsWith(root) ? path.slice(root.length) : path;
}

/** Every file below `root` in the named entries (files or folders) that ends with `ending`, sorted. */
export async function walk(root: string, entries: readonly string[], ending: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of entries) await collect(root, entry, ending, found);
  return found.sort();
}

async function collect(root: string, path: string, ending: string, found: string[]): Promise<void> {
  const info = await Deno.stat(root + path).catch(() => null);
  if (info === null) return;
  if (info.isFile) {
    if (path.endsWith(ending)) found.push(path);
    return;
  }
  for await (const child of Deno.readDir(root + path)) {
    if (child.name !== "node_modules") await collect(root, `${path}/${child.name}`, ending, found);
  }
}
