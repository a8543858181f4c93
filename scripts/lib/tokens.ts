/**
 * TypeScript as tokens: what is code and what is only a word in a comment, a text or a regular expression.
 *
 * A text search takes words about a thing for its use, and a quote inside a regular expression for the beginning
 * of a text. Code inside `${…}` of a template is code.
 *
 * @module
 */

/** What a token is; names and keywords are both a `word`. */
export type TokenKind = "word" | "mark" | "number" | "string" | "template" | "regex";

/** One token. */
export interface Token {
  readonly kind: TokenKind;
  /** As written; of a text, what is between its quotes. */
  readonly text: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** True when a value may end with it: a slash after it divides. */
  readonly isEnd: boolean;
  /** For a bracket that has one: the place of its partner among the tokens. */
  partner: number | null;
  /** Place of the bracket it stands in; null at the top. */
  readonly inside: number | null;
}

const SPACE = /\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|^#![^\n]*/y;
const WORD =
  /#?(?:[\p{ID_Start}$_]|\\u[\da-fA-F]{4}|\\u\{[\da-fA-F]+\})(?:[\p{ID_Continue}$\u200c\u200d]|\\u[\da-fA-F]{4}|\\u\{[\da-fA-F]+\})*/uy;
const NUMBER = /0[xXoObB][\da-fA-F_]+n?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?n?/y;
const STRING = /"((?:\\[\s\S]|[^"\\\n])*)"?|'((?:\\[\s\S]|[^'\\\n])*)'?/y;
const TEMPLATE_PART = /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*/y;
const REGEX = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[\p{ID_Continue}$]*/uy;
const MARK = /\.{3}|=>|[=!]==?|\+\+|--|\?\.(?!\d)|(?:&&|\|\||\?\?|\*\*|<<)=?|[-+*/%&|^<>]=|[\s\S]/uy;

/** Words after which a value begins: a slash there opens a regular expression. */
const BEFORE_VALUE = new Set(
  "await case default delete do else extends in instanceof new of return throw typeof void yield".split(" "),
);
/** Words whose parentheses end without a value. */
const BEFORE_CONDITION = new Set(["if", "while", "for", "with"]);
const OPENING = new Set(["(", "[", "{", "${"]);
const CLOSING = new Set([")", "]", "}"]);

const UNICODE = /\\u(?:\{([\da-fA-F]+)\}|([\da-fA-F]{4}))/g;

/** A name as the engine reads it: `\u0044ate` is `Date`. */
function plain(word: string): string {
  return word.replace(
    UNICODE,
    (_, long?: string, short?: string) => String.fromCodePoint(parseInt((long ?? short)!, 16)),
  );
}

/** Reads one text from its beginning to its end. */
class Reader {
  readonly tokens: Token[] = [];
  readonly #text: string;
  readonly #open: number[] = [];
  #at = 0;
  #line = 1;
  /** True when a line ended between the last token and here. */
  #broke = false;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Token[] {
    for (this.#skip(); this.#at < this.#text.length; this.#skip()) this.#next();
    return this.tokens;
  }

  get #last(): Token | undefined {
    return this.tokens.at(-1);
  }

  #skip(): void {
    const line = this.#line;
    while (this.#take(SPACE) !== null);
    this.#broke = this.#line > line;
  }

  #next(): void {
    const line = this.#line;
    const first = this.#text[this.#at]!;
    if (first === "`") return this.#template(line);
    if (first === "}" && this.#standsIn("${")) return this.#resume(line);
    if (first === '"' || first === "'") {
      const found = this.#take(STRING)!;
      return this.#push("string", found[1] ?? found[2] ?? "", line, true);
    }
    if (first === "/" && this.#last?.isEnd !== true) {
      const regex = this.#take(REGEX);
      if (regex !== null) return this.#push("regex", regex[0], line, true);
    }
    const word = this.#take(WORD);
    if (word !== null) return this.#word(plain(word[0]), line);
    const number = this.#take(NUMBER);
    if (number !== null) return this.#push("number", number[0], line, true);
    const mark = this.#take(MARK)![0];
    this.#push("mark", mark, line, this.#endsValue(mark));
  }

  #word(text: string, line: number): void {
    const isMember = this.#last?.text === "." || this.#last?.text === "?.";
    this.#push("word", text, line, isMember || !BEFORE_VALUE.has(text));
  }

  #template(line: number): void {
    this.#at++;
    this.#part(line);
  }

  /** Goes on with a template after the code inside it. */
  #resume(line: number): void {
    this.#at++;
    this.#push("mark", "}", line, false);
    this.#part(line);
  }

  /** The text of a template up to the next code or its end. */
  #part(line: number): void {
    this.#push("template", this.#take(TEMPLATE_PART)![0], line, true);
    const isCode = this.#text.startsWith("${", this.#at);
    this.#at += isCode ? 2 : 1;
    if (isCode) this.#push("mark", "${", this.#line, false);
  }

  #endsValue(mark: string): boolean {
    if (mark === "]") return true;
    if (mark === ")") return !this.#closesCondition();
    if (mark === "}") return this.#closesObject();
    // After a value: a step behind it, or `!`, which says that it is there.
    const isPostfix = mark === "++" || mark === "--" || mark === "!";
    return isPostfix && !this.#broke && this.#last?.isEnd === true;
  }

  #closesCondition(): boolean {
    const open = this.#open.at(-1);
    const before = open === undefined ? undefined : this.tokens[open - 1];
    if (before?.text === "await") return this.tokens[open! - 2]?.text === "for";
    return before?.kind === "word" && BEFORE_CONDITION.has(before.text);
  }

  /** Braces of a value come where a value is awaited; others hold statements. */
  #closesObject(): boolean {
    const open = this.#open.at(-1);
    const before = open === undefined ? undefined : this.tokens[open - 1];
    if (before === undefined) return false;
    if (before.kind === "word") return before.text === "return" || before.text === "typeof";
    return before.kind === "mark" && /^(?:[=(,[?]|=[=]+|&&|\|\||\?\?|\.{3}|\$\{)$/.test(before.text);
  }

  #standsIn(mark: string): boolean {
    const open = this.#open.at(-1);
    return open !== undefined && this.tokens[open]!.text === mark;
  }

  #push(kind: TokenKind, text: string, line: number, isEnd: boolean): void {
    const closes = kind === "mark" && CLOSING.has(text);
    const opener = closes ? this.#open.pop() : undefined;
    const partner = opener ?? null;
    if (opener !== undefined) this.tokens[opener]!.partner = this.tokens.length;
    this.tokens.push({ kind, text, line, isEnd, partner, inside: this.#open.at(-1) ?? null });
    if (kind === "mark" && OPENING.has(text)) this.#open.push(this.tokens.length - 1);
  }

  /** Takes what matches here; null when nothing does. */
  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null || found[0] === "" && pattern !== TEMPLATE_PART) return null;
    this.#at += found[0].length;
    this.#line += found[0].split("\n").length - 1;
    return found;
  }
}

/**
 * The tokens of a TypeScript file (not TSX), in order; comments are none.
 *
 * Never throws: what is no TypeScript gives some tokens.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tokensOf } from "./tokens.ts";
 *
 * const tokens = tokensOf('run(/"/, `at ${now}`); // soon');
 *
 * assert.deepEqual(
 *   tokens.map(({ kind, text }) => kind === "mark" ? text : `${kind} ${text}`),
 *   ["word run", "(", 'regex /"/', ",", "template at ", "${", "word now", "}", "template ", ")", ";"],
 * );
 * ```
 */
export function tokensOf(text: string): readonly Token[] {
  return new Reader(text).read();
}
