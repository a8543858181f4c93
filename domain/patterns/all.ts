/**
 * The six patterns of the house.
 *
 * @module
 */
import { bbScalp } from "./bb_scalp.ts";
import { fairValueGapFill } from "./fair_value_gap_fill.ts";
import { kalmanQuickfire } from "./kalman_quickfire.ts";
import { liquiditySweepReversal } from "./liquidity_sweep_reversal.ts";
import { orderBlockBounce } from "./order_block_bounce.ts";
import type { Pattern } from "./pattern.ts";
import { vcbBreakout } from "./vcb_breakout.ts";

/** In the order of `PATTERN_NAMES`, which breaks a tie of confidence. */
export const PATTERNS: readonly Pattern[] = [
  kalmanQuickfire,
  orderBlockBounce,
  bbScalp,
  fairValueGapFill,
  liquiditySweepReversal,
  vcbBreakout,
];
