/**
 * Median of numbers: the house's word for "usual", because one wild value does not move it.
 *
 * @module
 */

/**
 * The middle value, or the mean of the two middle ones. Sorts `values` in place.
 *
 * @throws {RangeError} when there is no value
 */
export function median(values: Float64Array): number {
  if (values.length === 0) {
    throw new RangeError("Cannot take a median as values must be >= 1: current value is 0");
  }
  values.sort();
  const half = values.length >> 1;
  const upper = values[half] as number;
  return values.length % 2 === 1 ? upper : ((values[half - 1] as number) + upper) / 2;
}

/**
 * The value at which half of the weight lies at or below. Sorts `pairs` in place.
 *
 * @throws {RangeError} when there is no pair
 */
export function weightedMedian(pairs: { readonly value: number; readonly weight: number }[]): number {
  pairs.sort((a, b) => a.value - b.value);
  let left = pairs.reduce((sum, pair) => sum + pair.weight, 0) / 2;
  for (const pair of pairs) {
    left -= pair.weight;
    if (left <= 0) return pair.value;
  }
  throw new RangeError("Cannot take a median as pairs must be >= 1: current value is 0");
}
