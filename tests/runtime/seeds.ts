/**
 * Seeds: one case, many orders of turns.
 *
 * - `deno test -A tests/runtime`: each case once on the live scheduler and once for each of ten seeds.
 * - `BITTEN_SEEDS=1000 deno test -A tests/runtime`: for a thousand seeds.
 * - `BITTEN_SEED=7 deno test -A tests/runtime`: for that one alone, to look at a failure.
 *
 * @module
 */

/** Seeds of an ordinary run. */
const ORDINARY = 10;

/** The seed in whose order the case under way runs; undefined: first come, first served. */
let drawn: number | undefined;

/** The seed of the run under way. */
export function seedOfRun(): number | undefined {
  return drawn;
}

function setting(name: string): number | undefined {
  const text = Deno.env.get(name);
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`Cannot draw seeds as ${name} must be a whole number >= 1: current value is ${text}`);
}

/** True when one seed alone is looked at: what only a batch can show is not asserted then. */
export function isOneSeed(): boolean {
  return setting("BITTEN_SEED") !== undefined;
}

/** The seeds of a batch: the one asked for, or 1 to as many as asked for, or 1 to `ordinary`. */
export function seedsOf(ordinary: number = ORDINARY): readonly number[] {
  const one = setting("BITTEN_SEED");
  if (one !== undefined) return [one];
  return Array.from({ length: setting("BITTEN_SEEDS") ?? ordinary }, (_, i) => i + 1);
}

/** How often a property is tried, and from which seed: the same trials in every run. */
export function trials(ordinary: number): { readonly seed: number; readonly numRuns: number } {
  const numRuns = Math.max(ordinary, setting("BITTEN_SEEDS") ?? 0);
  return { seed: setting("BITTEN_SEED") ?? 1, numRuns };
}

/**
 * Runs `run` on the live scheduler, then on the simulated one for every seed.
 *
 * @throws {Error} at the first seed that fails, naming it
 */
export async function runForAll(run: () => Promise<void> | void): Promise<void> {
  const orders = isOneSeed() ? seedsOf() : [undefined, ...seedsOf()];
  for (const seed of orders) {
    drawn = seed;
    try {
      await run();
    } catch (error) {
      if (seed === undefined) throw error;
      throw new Error(`with seed ${seed}; look at it alone by BITTEN_SEED=${seed}`, { cause: error });
    } finally {
      drawn = undefined;
    }
  }
}

/** A test that must hold in whatever order turns are drawn. */
export function seeded(name: string, run: () => Promise<void> | void): void {
  Deno.test(name, () => runForAll(run));
}
