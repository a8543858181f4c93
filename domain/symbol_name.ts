/**
 * Symbol names: what a broker calls a symbol, mapped to its canonical name by an explicit table, or not at all.
 *
 * @module
 */
import type { SymbolName } from "../protocols/units.ts";
import { KNOWN_SYMBOLS } from "./symbol_spec.ts";

/** An operator's word on broker names, before every rule; null: never feed this one. */
export type SymbolOverrides = ReadonlyMap<string, SymbolName | null>;

/** What a broker's name turned out to be. */
export type NameVerdict =
  | { readonly kind: "mapped"; readonly symbol: SymbolName }
  /** It contains a symbol we trade, with a mark we do not know: an operator should say. */
  | { readonly kind: "doubtful"; readonly maybe: SymbolName }
  | { readonly kind: "unknown" };

const CANONICAL: ReadonlyMap<string, SymbolName> = new Map([
  ...KNOWN_SYMBOLS.map((symbol): [string, SymbolName] => [symbol, symbol]),
  ...aliases("XAUUSD", ["GOLD"]),
  ...aliases("XAGUSD", ["SILVER"]),
]);

/** Marks that brokers put on accounts of full contracts; one more mark means one more row here. */
const MARKS: ReadonlySet<string> = new Set(
  "pro ecn raw std stp spot prime plus vip cash fx zero sd ix".split(" "),
);
/** Marks of cent and micro contracts: the same price, another contract. Never guessed. */
const SMALL: ReadonlySet<string> = new Set("c cent cents ct micro mini mic".split(" "));
const SEPARATORS = "._-#!+^$@";

function aliases(symbol: string, names: readonly string[]): [string, SymbolName][] {
  const known = KNOWN_SYMBOLS.find((each) => each === symbol);
  return known === undefined ? [] : names.map((name) => [name, known]);
}

function isMark(text: string): boolean {
  const mark = text.toLowerCase();
  if (SMALL.has(mark)) return false;
  return MARKS.has(mark) || /^[a-z]$/.test(mark);
}

function withoutSeparators(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && SEPARATORS.includes(text.charAt(from))) from++;
  while (to > from && SEPARATORS.includes(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}

/** Prefix and suffix are both either nothing or one mark, with separators or without. */
function isDressed(prefix: string, suffix: string): boolean {
  const before = withoutSeparators(prefix);
  const after = withoutSeparators(suffix);
  return (before === "" || isMark(before)) && (after === "" || isMark(after));
}

/** "EUR/USD" and "EUR-USD" are EURUSD with a slash, not a prefix EUR. */
function joined(brokerName: string): string {
  return brokerName.trim().replace(/^([A-Za-z]{3})[/\-_ ]([A-Za-z]{3})(?![A-Za-z]{2})/, "$1$2");
}

function find(name: string): { core: SymbolName; prefix: string; suffix: string } | null {
  const upper = name.toUpperCase();
  let best: { core: SymbolName; prefix: string; suffix: string; length: number } | null = null;
  for (const [text, core] of CANONICAL) {
    const at = upper.indexOf(text);
    if (at < 0 || (best !== null && best.length >= text.length)) continue;
    best = { core, prefix: name.slice(0, at), suffix: name.slice(at + text.length), length: text.length };
  }
  return best;
}

/**
 * Says what a broker's name means: an override, a canonical name, or one dressed in known marks; otherwise
 * doubtful or unknown.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readSymbolName } from "./symbol_name.ts";
 *
 * assert.deepEqual(readSymbolName("EURUSD.r"), { kind: "mapped", symbol: "EURUSD" });
 * assert.deepEqual(readSymbolName("EURUSDmicro"), { kind: "doubtful", maybe: "EURUSD" });
 * assert.deepEqual(readSymbolName("US30"), { kind: "unknown" });
 * ```
 */
export function readSymbolName(brokerName: string, overrides: SymbolOverrides = new Map()): NameVerdict {
  const said = overrides.get(brokerName);
  if (said !== undefined) return said === null ? { kind: "unknown" } : { kind: "mapped", symbol: said };
  const found = find(joined(brokerName));
  if (found === null) return { kind: "unknown" };
  if (isDressed(found.prefix, found.suffix)) return { kind: "mapped", symbol: found.core };
  return { kind: "doubtful", maybe: found.core };
}

/** The canonical name of a broker's symbol, or null when it is doubtful or none of ours. */
export function canonicalSymbol(
  brokerName: string,
  overrides: SymbolOverrides = new Map(),
): SymbolName | null {
  const verdict = readSymbolName(brokerName, overrides);
  return verdict.kind === "mapped" ? verdict.symbol : null;
}
