/**
 * Where code names a global: `Date.now`, `globalThis.Date["now"]`, `(Date as Clock).now` are one name.
 *
 * @module
 */
import type { Token } from "./tokens.ts";

/** One place where a name that is no member and no key stands, with the members taken from it. */
export interface Mention {
  /** The name and its members: `["Date", "now"]`. Without `globalThis` and its like, unless it stands alone. */
  readonly path: readonly string[];
  readonly line: number;
  /** Its first and last place among the tokens, parentheses round it included. */
  readonly first: number;
  readonly last: number;
}

/** Names of the global object. */
export const GLOBAL_OBJECTS: ReadonlySet<string> = new Set(["globalThis", "self", "window", "global"]);

/** Every mention, in order. */
export function mentionsOf(tokens: readonly Token[]): readonly Mention[] {
  return tokens.flatMap((token, place) => {
    const isName = token.kind === "word" && !isMember(tokens, place) && !isKey(tokens, place);
    return isName ? [mentionAt(tokens, place)] : [];
  });
}

function isMember(tokens: readonly Token[], place: number): boolean {
  const before = tokens[place - 1]?.text;
  return before === "." || before === "?.";
}

function isKey(tokens: readonly Token[], place: number): boolean {
  const inside = tokens[place]!.inside;
  if (tokens[place + 1]?.text !== ":" || inside === null || tokens[inside]!.text !== "{") return false;
  return /^[{,;]$/.test(tokens[place - 1]!.text);
}

function mentionAt(tokens: readonly Token[], place: number): Mention {
  const path = [tokens[place]!.text];
  let first = place;
  let last = place;
  for (;;) {
    const round = wrapping(tokens, first, last);
    const member = round === null ? memberAfter(tokens, last) : null;
    if (round !== null) [first, last] = round;
    else if (member !== null) {
      path.push(member.name);
      last = member.last;
    } else break;
  }
  while (path.length > 1 && GLOBAL_OBJECTS.has(path[0]!)) path.shift();
  return { path, line: tokens[place]!.line, first, last };
}

/** The parentheses that hold nothing else but what a type checker is told; null when there are none. */
function wrapping(tokens: readonly Token[], first: number, last: number): [number, number] | null {
  const open = tokens[first - 1];
  if (open?.text !== "(" || open.partner === null || tokens[first - 2]?.isEnd === true) return null;
  const after = tokens[last + 1]!;
  const isAlone = last + 1 === open.partner || /^(?:as|satisfies|!)$/.test(after.text);
  return isAlone ? [first - 1, open.partner] : null;
}

function memberAfter(
  tokens: readonly Token[],
  last: number,
): { readonly name: string; readonly last: number } | null {
  let place = last + 1;
  if (tokens[place]?.text === "!" && tokens[place]!.isEnd) place++;
  const isDot = tokens[place]?.text === "." || tokens[place]?.text === "?.";
  if (isDot && tokens[place + 1]?.kind === "word") {
    return { name: tokens[place + 1]!.text, last: place + 1 };
  }
  if (tokens[place]?.text === "?.") place++;
  const open = tokens[place];
  const key = tokens[place + 1];
  const isKeyed = open?.text === "[" && open.partner === place + 2;
  return isKeyed && isText(key) ? { name: key.text, last: place + 2 } : null;
}

function isText(token: Token | undefined): token is Token {
  return token?.kind === "string" || token?.kind === "template";
}

/** The keys taken out by the pattern `{ … }` that ends at `close`; `...` for a rest. */
export function keysOf(tokens: readonly Token[], close: number): readonly string[] {
  const open = tokens[close]?.text === "}" ? tokens[close]!.partner : null;
  if (open === null) return [];
  return tokens.slice(open + 1, close).flatMap((token, index) => {
    const isFirst = /^[{,]$/.test(tokens[open + index]!.text);
    return token.inside === open && isFirst ? [token.text] : [];
  });
}
