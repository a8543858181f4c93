/**
 * What a file imports, from its tokens: static, dynamic, re-exported and required.
 *
 * @module
 */
import type { Token } from "./tokens.ts";

/** One import of values. */
export interface Import {
  readonly specifier: string;
  /** Names as the other file has them; `default`, and `*` for everything; none for its effects alone. */
  readonly names: readonly string[];
  readonly line: number;
}

/** Every import of values, in order; imports of types bring nothing into a running program. */
export function importsOf(tokens: readonly Token[]): readonly Import[] {
  return tokens.flatMap((token, place) => {
    const isMember = /^\??\.$/.test(tokens[place - 1]?.text ?? "");
    if (token.kind !== "word" || isMember) return [];
    if (token.text === "require") return called(tokens, place);
    if (token.text !== "import" && token.text !== "export") return [];
    const next = tokens[place + 1];
    if (token.text === "import" && next?.text === "(") return called(tokens, place);
    return declared(tokens, place);
  });
}

/** `import("…")` and `require("…")`. */
function called(tokens: readonly Token[], place: number): Import[] {
  const argument = tokens[place + 2];
  const isCall = tokens[place + 1]?.text === "(";
  if (!isCall || (argument?.kind !== "string" && argument?.kind !== "template")) return [];
  return [{ specifier: argument.text, names: ["*"], line: tokens[place]!.line }];
}

/** `import … from "…"`, `import "…"`, `export … from "…"`. */
function declared(tokens: readonly Token[], place: number): Import[] {
  const { text, line } = tokens[place]!;
  const next = tokens[place + 1];
  if (text === "import" && next?.kind === "string") return [{ specifier: next.text, names: [], line }];
  const start = next?.text === "type" && tokens[place + 2]?.text !== "from" ? null : place + 1;
  if (start === null) return [];
  const from = fromAfter(tokens, start);
  if (from === null) return [];
  return [{ specifier: tokens[from + 1]!.text, names: namesIn(tokens, start, from), line }];
}

/** The place of `from` in the clause that begins at `start`; null when it is no such clause. */
function fromAfter(tokens: readonly Token[], start: number): number | null {
  for (let place = start; place < tokens.length; place++) {
    const { text, kind, partner } = tokens[place]!;
    if (text === "from" && tokens[place + 1]?.kind === "string") return place;
    if (text === "{" && partner !== null) place = partner;
    else if (kind !== "word" && !/^[*,]$/.test(text)) return null;
  }
  return null;
}

function namesIn(tokens: readonly Token[], start: number, from: number): string[] {
  const names: string[] = [];
  for (let place = start; place < from; place++) {
    const { text, kind } = tokens[place]!;
    const before = place === start ? "" : tokens[place - 1]!.text;
    if (text === "*") names.push("*");
    else if (kind === "word" && before === "") names.push("default");
    else if (kind !== "mark" && /^[{,]$/.test(before) && !isType(tokens, place)) names.push(text);
  }
  return names;
}

/** `type Name` inside the braces. */
function isType(tokens: readonly Token[], place: number): boolean {
  return tokens[place]!.text === "type" && tokens[place + 1]?.kind === "word";
}
