/**
 * What of a simulated broker survives the end of its process: one JSON file, replaced whole.
 *
 * @module
 */
import type { BrokerState } from "./paper_broker.ts";

/** The file's content. */
export interface SavedState {
  /** UTC ms of the market up to which the broker had lived. */
  readonly savedAtMs: number;
  readonly broker: BrokerState;
}

/**
 * Reads the state; null when there is no file yet.
 *
 * @throws {Error} (as rejection) when the file cannot be read as a state
 */
export async function loadState(path: string): Promise<SavedState | null> {
  const text = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (text === null) return null;
  const state = JSON.parse(text) as SavedState;
  if (!Number.isFinite(state.savedAtMs) || !Array.isArray(state.broker?.positions)) {
    throw new Error(`Cannot load EA state as ${path} must hold savedAtMs and broker: it does not`);
  }
  return state;
}

/** Writes the state; the file is whole at every moment. */
export function saveState(path: string, state: SavedState): void {
  const text = JSON.stringify(state, null, 2);
  Deno.writeTextFileSync(`${path}.new`, text);
  Deno.renameSync(`${path}.new`, path);
}
