/**
 * How v2.05 reads a command: a search for the first `"key":` in the text, no JSON parser at all.
 *
 * @module
 */

const RECEIVE_BUFFER_BYTES = 4_096;

/** What the EA finds in a command; a key that it does not find reads as "" or 0. */
export interface EaCommand {
  readonly type: string;
  readonly targetUuid: string;
  readonly fireId: string;
  readonly symbol: string;
  /** `BUY` and `buy` mean BUY, everything else SELL. */
  readonly direction: "BUY" | "SELL";
  readonly entry: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
  readonly lot: number;
  readonly ticket: number;
  readonly pingId: string;
}

/** Reads one frame of 5555 as v2.05 does, cut at its receive buffer. */
export function readAsEa(frame: Uint8Array): EaCommand {
  const text = new TextDecoder("latin1").decode(frame.subarray(0, RECEIVE_BUFFER_BYTES));
  const direction = textOf(text, "direction") || textOf(text, "side");
  return {
    type: textOf(text, "type"),
    targetUuid: textOf(text, "target_uuid"),
    fireId: textOf(text, "fire_id"),
    symbol: textOf(text, "symbol"),
    direction: direction === "BUY" || direction === "buy" ? "BUY" : "SELL",
    entry: numberOf(text, "entry"),
    stopLoss: numberOf(text, "sl"),
    takeProfit: numberOf(text, "tp"),
    lot: numberOf(text, "lot"),
    ticket: numberOf(text, "ticket"),
    pingId: textOf(text, "ping_id"),
  };
}

function after(text: string, key: string): string {
  const at = text.indexOf(`"${key}":`);
  return at < 0 ? "" : text.slice(at + key.length + 3).replace(/^[ \t]+/, "");
}

function textOf(text: string, key: string): string {
  const rest = after(text, key);
  return rest.startsWith('"') ? rest.slice(1, rest.indexOf('"', 1)) : "";
}

function numberOf(text: string, key: string): number {
  const rest = after(text, key);
  const end = rest.search(/[,}\]]/);
  const digits = /^"?(-?\d+(?:\.\d+)?)"?$/.exec(rest.slice(0, end));
  return digits === null ? 0 : Number(digits[1]);
}
