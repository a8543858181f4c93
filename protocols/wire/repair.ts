/**
 * The repair parser: reads JSON whose strings hold unescaped quotes, backslashes or control characters, JSON in
 * single quotes, and the `nan` and `inf` that C prints.
 *
 * It is asked only after `JSON.parse` refused. A string ends at the quote that is followed by the next key or by
 * the end of its object; a backslash is a backslash, since who escapes properly was understood by `JSON.parse`.
 *
 * @module
 */

const FAILED = Symbol("failed");

const KEY = /\s*(["'])([A-Za-z_]\w{0,63})\1\s*:\s*/y;
/** What follows the last quote of a string in an object: the next key, or the end of the object. */
const ENDS_IN_OBJECT = /\s*(?:,\s*["'][A-Za-z_]\w{0,63}["']\s*:|\}\s*(?:[,\]}{]|$))/y;
const ENDS_IN_ARRAY = /\s*[,\]]/y;
const BARE = /[^\s,}\]]{1,64}/y;
const NUMBER = /^[-+]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][-+]?\d{1,4})?$/;
const NOT_A_NUMBER = /^[-+]?(?:nan|inf|infinity|1\.#)/i;
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/**
 * Reads one object, or answers null when it cannot be mended: cut short, nested deeper than `maxDepth`, or no JSON
 * at all. Of a key that stands there twice the first counts: free text comes after what it might imitate.
 */
export function repairObject(text: string, maxDepth: number): Readonly<Record<string, unknown>> | null {
  const reader = new Reader(text, maxDepth);
  const value = reader.value(0, ENDS_IN_OBJECT);
  if (!reader.isAtEnd() || typeof value !== "object" || Array.isArray(value)) return null;
  return value as Record<string, unknown> | null;
}

class Reader {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  isAtEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.#text.length;
  }

  value(depth: number, ends: RegExp): unknown {
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === '"' || first === "'") return this.#string(first, ends);
    if (first !== "{" && first !== "[") return this.#bare();
    if (depth >= this.#maxDepth) return FAILED;
    this.#at++;
    return first === "{" ? this.#object(depth) : this.#array(depth);
  }

  #object(depth: number): unknown {
    const object: Record<string, unknown> = Object.create(null);
    if (this.#take("}")) return object;
    do {
      const key = this.#match(KEY)?.[2];
      const value = key === undefined ? FAILED : this.value(depth + 1, ENDS_IN_OBJECT);
      if (key === undefined || value === FAILED) return FAILED;
      if (!(key in object)) object[key] = value;
    } while (this.#take(","));
    return this.#take("}") ? object : FAILED;
  }

  #array(depth: number): unknown {
    const array: unknown[] = [];
    if (this.#take("]")) return array;
    do {
      const value = this.value(depth + 1, ENDS_IN_ARRAY);
      if (value === FAILED) return FAILED;
      array.push(value);
    } while (this.#take(","));
    return this.#take("]") ? array : FAILED;
  }

  #string(quote: string, ends: RegExp): unknown {
    const start = this.#at + 1;
    for (let end = this.#text.indexOf(quote, start); end >= 0; end = this.#text.indexOf(quote, end + 1)) {
      ends.lastIndex = end + 1;
      if (!ends.test(this.#text)) continue;
      this.#at = end + 1;
      return this.#text.slice(start, end);
    }
    return FAILED;
  }

  #bare(): unknown {
    const word = this.#match(BARE)?.[0];
    if (word === undefined) return FAILED;
    if (WORDS.has(word)) return WORDS.get(word);
    if (NUMBER.test(word)) return Number(word);
    return NOT_A_NUMBER.test(word) ? NaN : FAILED;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) <= 0x20) this.#at++;
  }
}
