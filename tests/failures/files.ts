/**
 * The project's own texts, for tests that say what may stand in none of them.
 *
 * @module
 */

import { existsSync } from "node:fs";

/** One file. */
export interface TextFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

const ROOT = new URL("../../", import.meta.url);
const ROOMS = ["protocols", "domain", "runtime", "actors", "edges", "scripts", "docs", "mql5"];
const TEXT = /\.(ts|md|jsonc?|mq5|mqh)$/;

/** Every text of the house but its tests; of some rooms when they are named. */
export function textFiles(rooms: readonly string[] = ROOMS): readonly TextFile[] {
  const top = [...Deno.readDirSync(ROOT)].filter(({ isFile, name }) => isFile && TEXT.test(name)).map((
    { name },
  ) => name);
  const there = rooms.filter((room) => existsSync(new URL(`${room}/`, ROOT)));
  const paths = [...(rooms === ROOMS ? top : []), ...there.flatMap(walk)];
  return paths.map((path) => ({ path, text: Deno.readTextFileSync(new URL(path, ROOT)) }));
}

function walk(folder: string): string[] {
  return [...Deno.readDirSync(new URL(`${folder}/`, ROOT))].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? walk(path) : TEXT.test(name) ? [path] : [];
  });
}
