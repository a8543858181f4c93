/**
 * Sending: which command leaves a slot now, if any.
 *
 * v2.05 reads one command per tick of its chart's symbol and keeps what it has not read, perhaps for hours. So a
 * command leaves only just after such a tick, one per tick, and a fire only while no other fire is unanswered. What
 * was right at the decision is asked again with the quote of this moment.
 *
 * @module
 */
import type { AutofireSettings } from "../../protocols/autofire.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { Refusal } from "../../protocols/gates.ts";
import type { SymbolSpec } from "../../protocols/symbol_spec.ts";
import type { Quote } from "../../protocols/tick.ts";
import { lots, money } from "../../protocols/units.ts";
import { isCircuitOpen } from "../circuit.ts";
import { markSent } from "../fire.ts";
import { chartSymbolOf, closedReason } from "../gates/market.ts";
import { driftReason, spreadReason, staleReason, tooCloseReason, wrongSideReason } from "../live_price.ts";
import { floorToStep, stopDistance } from "../sizing.ts";
import { specOf } from "../symbol_spec.ts";
import { Draft } from "./draft.ts";
import type { MarketView, Moment, SlotLedger, SlotStep } from "./ledger.ts";

/** Refuses what can no longer leave, then sends at most one command. */
export function pump(
  ledger: SlotLedger,
  market: MarketView,
  settings: AutofireSettings,
  at: Moment,
): SlotStep {
  const draft = new Draft(ledger);
  for (const fire of draft.firesOf("reserved")) {
    const refusal = queueRefusal(ledger, fire, at);
    if (refusal !== null) draft.refuse(fire, refusal, at.nowMs);
  }
  if (!reads(ledger, settings, at)) return draft.done();
  if (sendClose(draft, at)) return draft.done();
  if (ledger.phase === "ready" && draft.firesOf("sent").length === 0) sendFire(draft, market, settings, at);
  return draft.done();
}

function queueRefusal(ledger: SlotLedger, fire: Fire, at: Moment): Refusal | null {
  const [hold] = ledger.holds;
  if (hold !== undefined) return { code: hold, reason: "halted while the fire waited for a chart tick" };
  if (!(at.nowMs <= fire.expiresAtMs + at.slackMs)) {
    const chart = ledger.ea.chartSymbol ?? "unknown: restart the EA, its handshake names it";
    const reason = ledger.phase === "ready"
      ? `no tick of the EA's chart came in time; chart symbol ${chart}`
      : "the EA was not compared with the ledger in time";
    return { code: "SIGNAL_EXPIRED", reason };
  }
  if (ledger.ea.autotrading === false) return { code: "AUTOTRADING_OFF", reason: "return code 10027" };
  if (!isCircuitOpen(ledger.circuit, at.nowMs)) return null;
  return { code: "EA_CIRCUIT_OPEN", reason: "three rejections or unknowns within 10 min" };
}

/** The EA is there, and its chart ticked just now, after the last command. */
function reads({ connected, chart }: SlotLedger, settings: AutofireSettings, at: Moment): boolean {
  if (!connected || chart.lastAtMs === null || chart.ticks <= chart.usedAtTick) return false;
  return at.nowMs - chart.lastAtMs <= settings.chartTickMaxAgeMs + at.slackMs;
}

function sendClose(draft: Draft, at: Moment): boolean {
  const { closes, ea } = draft.ledger;
  const order = closes.find((each) => each.sentAtMs === null);
  if (order === undefined) return false;
  useTick(draft);
  draft.patch({ closes: closes.map((each) => each === order ? { ...order, sentAtMs: at.nowMs } : each) });
  draft.send(
    order.ticket === null
      ? { kind: "closeAll", eaId: ea.id }
      : { kind: "closeTicket", eaId: ea.id, ticket: order.ticket },
  );
  // A close leaves a trace before it leaves the house, as every command does.
  draft.save();
  return true;
}

function sendFire(draft: Draft, market: MarketView, settings: AutofireSettings, at: Moment): void {
  for (const fire of draft.firesOf("reserved")) {
    const spec = market.specs.get(fire.symbol) ?? specOf(fire.symbol);
    const quote = market.quotes.get(fire.symbol) ?? null;
    if (quote === null || spec === null) continue;
    if (staleReason(quote, at.nowMs, settings.quoteMaxAgeMs + at.slackMs) !== null) continue;
    const refusal = sendRefusal(draft.ledger, fire, quote, spec, market, settings, at);
    const trimmed = trimLots(fire, quote, spec, settings.slippagePips);
    if (refusal !== null) draft.refuse(fire, refusal, at.nowMs);
    else if (trimmed.lots < spec.volumeMin) draft.refuse(fire, belowMin(trimmed, spec), at.nowMs);
    else return launch(draft, trimmed, spec, at);
  }
}

function sendRefusal(
  ledger: SlotLedger,
  fire: Fire,
  quote: Quote,
  spec: SymbolSpec,
  market: MarketView,
  settings: AutofireSettings,
  at: Moment,
): Refusal | null {
  const chart = chartSymbolOf({ brokerSymbols: market.brokerSymbols, ea: ledger.ea });
  const closed = closedReason([fire.symbol, chart], at.nowMs, settings.quietBeforeCloseMs);
  if (closed !== null) return { code: "MARKET_CLOSED", reason: closed };
  const spread = spreadReason(fire, quote, settings.spreadFractionMax);
  if (spread !== null) return { code: "SPREAD_TOO_WIDE", reason: spread };
  const drift = driftReason(fire, quote, settings.driftFractionMax);
  if (drift !== null) return { code: "PRICE_RAN_AWAY", reason: drift };
  const stop = wrongSideReason(fire, quote) ?? tooCloseReason(fire, quote, spec);
  return stop === null ? null : { code: "STOP_INVALID", reason: stop };
}

/** Fewer lots when the stop is farther than at the decision: the risk that was reserved is never exceeded. */
function trimLots(fire: Fire, quote: Quote, spec: SymbolSpec, slippagePips: number): Fire {
  const slippage = slippagePips * spec.pipSize;
  const planned = Math.abs(fire.entry - fire.stopLoss) + slippage;
  const live = stopDistance(fire.direction, fire.stopLoss, quote) + slippage;
  if (live <= planned) return fire;
  const fewer = floorToStep(fire.lots * planned / live, spec.volumeStep);
  if (fewer >= fire.lots) return fire;
  const share = fewer / fire.lots;
  const marginMoney = fire.marginMoney === null ? null : money(fire.marginMoney * share);
  return { ...fire, lots: lots(fewer), marginMoney };
}

function belowMin(fire: Fire, spec: SymbolSpec): Refusal {
  const reason =
    `the stop is farther than at the decision: ${fire.lots} lots left, least is ${spec.volumeMin}`;
  return { code: "VOLUME_BELOW_MIN", reason };
}

function launch(draft: Draft, fire: Fire, spec: SymbolSpec, at: Moment): void {
  const { account, ea, evidence, chart } = draft.ledger;
  useTick(draft);
  draft.learn(
    markSent(fire, {
      atMs: at.nowMs,
      nodeId: ea.nodeId,
      margin: account?.margin ?? null,
      balance: account?.balance ?? null,
    }),
    at.nowMs,
  );
  draft.note({ sentAtTick: { ...evidence.sentAtTick, [fire.id]: chart.ticks } });
  draft.send({
    kind: "fire",
    eaId: ea.id,
    fireId: fire.id,
    brokerSymbol: fire.brokerSymbol,
    direction: fire.direction,
    stopLoss: fire.stopLoss,
    takeProfit: fire.takeProfit,
    lots: fire.lots,
    digits: spec.digits,
  });
}

function useTick(draft: Draft): void {
  const { chart } = draft.ledger;
  draft.patch({ chart: { ...chart, usedAtTick: chart.ticks } });
}
