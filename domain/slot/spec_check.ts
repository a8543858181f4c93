/**
 * Spec check: does the first position of a symbol move the account's money as its table says?
 *
 * @module
 */
import type { AutofireSettings } from "../../protocols/autofire.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { AccountReport } from "../../protocols/wire.ts";
import { costOf } from "../rates.ts";
import { specOf } from "../symbol_spec.ts";
import type { Draft } from "./draft.ts";
import type { MarketView, Moment } from "./ledger.ts";

/** Money may move this share off the table's figure. */
export const SPEC_TOLERANCE = 0.2;
/** A smaller move is lost in spread, commission and the second between tick and heartbeat. */
const MOVE_MIN_PIPS = 10;
const QUOTE_MAX_AGE_MS = 5_000;
/** Swaps are booked with time; the first hours are free of them. */
const AGE_MAX_MS = 4 * 3_600_000;
const ODD_MAX = 2;

/** Compares floating profit with the move, while one position of ours is all that the account holds. */
export function checkSpec(
  draft: Draft,
  account: AccountReport,
  market: MarketView,
  settings: AutofireSettings,
  at: Moment,
): void {
  const [fire, ...others] = [...draft.ledger.fires.values()];
  if (
    fire === undefined || others.length > 0 || !isAlone(fire, at) || draft.ledger.suspects.has(fire.symbol)
  ) return;
  const expected = expectedFloating(draft, fire, market, settings, at);
  if (expected === null) return;
  const floating = account.equity - account.balance;
  const odd = Math.abs(floating / expected - 1) > SPEC_TOLERANCE;
  const count = odd ? (draft.ledger.evidence.odd[fire.id] ?? 0) + 1 : 0;
  draft.note({ odd: { ...draft.ledger.evidence.odd, [fire.id]: count } });
  if (count < ODD_MAX) return;
  draft.patch({ suspects: new Set([...draft.ledger.suspects, fire.symbol]) });
  const message =
    `${fire.symbol} floats ${floating.toFixed(2)} where the table gives ${expected.toFixed(2)}: ` +
    "check contract size and pip, add an operator's row, then clear this";
  draft.raise("SYMBOL_SPEC_SUSPECT", specSubject(draft.ledger.ea.id, fire.symbol), message);
}

/** What a suspicion of one symbol on one EA is filed under. */
export function specSubject(eaId: string, symbol: string): string {
  return `${eaId}/${symbol}`;
}

/** Nothing was open when it went out, and no swap is booked yet. */
function isAlone(fire: Fire, at: Moment): boolean {
  return fire.status === "filled" && fire.preSendMargin === 0 && fire.fillPrice !== null &&
    at.nowMs - (fire.filledAtMs ?? 0) < AGE_MAX_MS;
}

function expectedFloating(
  draft: Draft,
  fire: Fire,
  market: MarketView,
  settings: AutofireSettings,
  at: Moment,
): number | null {
  const spec = market.specs.get(fire.symbol) ?? specOf(fire.symbol);
  const quote = market.quotes.get(fire.symbol);
  const currency = draft.ledger.account?.currency ?? null;
  if (spec === null || quote === undefined || currency === null || fire.fillPrice === null) return null;
  if (at.nowMs - quote.receivedAtMs > QUOTE_MAX_AGE_MS + at.slackMs) return null;
  const move = fire.direction === "BUY" ? quote.bid - fire.fillPrice : fire.fillPrice - quote.ask;
  if (Math.abs(move) < MOVE_MIN_PIPS * spec.pipSize) return null;
  const maxAgeMs = settings.rateMaxAgeMs + at.slackMs;
  const rate = costOf(spec.quoteCurrency, currency, {
    quotes: market.quotes,
    nowMs: at.nowMs,
    maxAgeMs,
    units: settings.currencyUnits,
  });
  return rate.ok ? move * (fire.filledLots ?? fire.lots) * spec.contractSize * rate.rate : null;
}
