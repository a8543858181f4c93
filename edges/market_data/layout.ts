/**
 * Layout: what stands where in the rows of a file.
 *
 * @module
 */
import type { ServerTime } from "./server_time.ts";
import type { StampShape } from "./stamp.ts";
import type { Format } from "./types.ts";

/**
 * What a column holds. A `stamp` of date and time may take two columns of the file; `spread` is in points of the
 * row's own last digit; `askClose` makes a spread with `close`.
 */
export type Column =
  | "stamp"
  | "pair"
  | "bid"
  | "ask"
  | "open"
  | "high"
  | "low"
  | "close"
  | "spread"
  | "askClose"
  | "skip";

/** Everything the row readers need to know of a file. */
export interface Layout {
  readonly format: Format;
  readonly kind: "ticks" | "candles";
  /** The byte between two columns. */
  readonly separator: number;
  readonly stamp: StampShape;
  /** In file order; what stands behind the last is not looked at. */
  readonly columns: readonly Column[];
  /** The header line, which may come again where files were joined; null when the format has none. */
  readonly header: Uint8Array | null;
  /** Whose clock the stamps are of, when the format or the name says it. */
  readonly serverTime: ServerTime | null;
}
