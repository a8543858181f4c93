/**
 * Looking at JSON data of unknown shape.
 *
 * @module
 */

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** The value as an object, or null when it is none. */
export function objectOf(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Json : null;
}

/** True for a list of finite numbers. */
export function isFiniteList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => typeof each === "number" && Number.isFinite(each));
}

/** True for a list of whole numbers from `from` to `to`. */
export function isWholeList(value: unknown, from: number, to: number): value is number[] {
  return isFiniteList(value) && value.every((each) => Number.isInteger(each) && each >= from && each <= to);
}

/** True for a list of at least one name, all different. */
export function isNameList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string") &&
    new Set(value).size === value.length;
}
