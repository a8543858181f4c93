/**
 * Text in the columns of a terminal.
 *
 * @module
 */

/** Signs two columns wide: East Asian wide forms and emoji. Unicode Standard Annex 11. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Signs drawn upon the one before. */
const WIDTHLESS = /\p{M}|\u200d/u;
/** What would move the cursor, switch colours or break the line. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

function columnsOf(sign: string): number {
  if (WIDTHLESS.test(sign)) return 0;
  return WIDE.test(sign) ? 2 : 1;
}

/** Columns a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const sign of text) width += columnsOf(sign);
  return width;
}

/** A text from outside as one line that a terminal only shows: control characters and white space become one space. */
export function oneLine(text: string): string {
  return text.replace(CONTROL, " ").trim();
}

/**
 * A text in at most `width` columns; what is cut off is shown by `…`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shorten } from "./columns.ts";
 *
 * assert.deepEqual(["ann", "anna", "annabel"].map((name) => shorten(name, 4)), ["ann", "anna", "ann…"]);
 * ```
 */
export function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  let left = width - 1;
  for (const sign of text) {
    left -= columnsOf(sign);
    if (left < 0) break;
    kept += sign;
  }
  return width < 1 ? "" : `${kept}…`;
}

/** A text broken between its words into lines of at most `width` columns; a longer word stays whole. */
export function wrap(text: string, width: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}

/** Fills a text with spaces up to `width` columns, at its end or, for numbers, before it. */
export function fill(text: string, width: number, side: "end" | "start" = "end"): string {
  const spaces = " ".repeat(Math.max(0, width - widthOf(text)));
  return side === "end" ? text + spaces : spaces + text;
}
