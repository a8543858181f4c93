/**
 * Gates of the day: loss, drawdown, losing streak, announcements, session, pace.
 *
 * A limit whose setting is null is off by configuration; a limit that is set and cannot be computed refuses.
 *
 * @module
 */
import type { GateCode } from "../../protocols/gates.ts";
import {
  dailyLossPercent,
  drawdownPercent,
  firesSince,
  lossStreak,
  openRiskMoney,
  realisedSince,
  tradingDayStart,
} from "../risk.ts";
import { TIERS } from "../tier.ts";
import { type Facts, type Gate, need, seconds, specFor } from "./facts.ts";

/** The gates of this file, by code. */
export const LIMIT_GATES = {
  DAILY_LOSS_REACHED: dailyLoss,
  DRAWDOWN_REACHED: drawdown,
  LOSS_STREAK_COOLDOWN: streak,
  NEWS_WINDOW: newsWindow,
  SESSION_CLOSED: ({ settings, signal }) =>
    settings.sessions === null || settings.sessions.includes(signal.session)
      ? null
      : `session ${signal.session} is not one of ${settings.sessions.join(", ")}`,
  RATE_LIMITED: rateLimited,
} satisfies Partial<Record<GateCode, Gate>>;

function dailyLoss(facts: Facts): string | null {
  const most = facts.settings.dailyLossPercentMax;
  if (most === null) return null;
  const account = need(facts.account, "account");
  const realised = realisedSince(ofThisEa(facts), tradingDayStart(facts.nowMs));
  const assumed = facts.settings.profile === "prop" ? Math.max(0, beyondFloating(facts, account)) : 0;
  const loss = dailyLossPercent(account, realised, assumed);
  if (loss < most) return null;
  return `loss since 17:00 New York is ${loss.toFixed(2)} % of equity, limit ${most} %`;
}

/** What is still to be lost until every open stop and this fire's are hit, beyond what floats already. */
function beyondFloating(
  facts: Facts,
  account: { readonly balance: number; readonly equity: number },
): number {
  return openRiskMoney(facts.eaFires) + facts.size().riskMoney + account.equity - account.balance;
}

function drawdown(facts: Facts): string | null {
  const most = facts.settings.drawdownPercentMax;
  if (most === null) return null;
  const fall = drawdownPercent(ofThisEa(facts), need(facts.account, "account"));
  return fall < most ? null : `equity is ${fall.toFixed(2)} % below its peak, limit ${most} %`;
}

function streak({ settings, fires, nowMs }: Facts): string | null {
  if (settings.lossStreak === null) return null;
  const { losses, lastAtMs } = lossStreak(fires);
  if (losses < settings.lossStreak.losses || lastAtMs === null) return null;
  const leftMs = lastAtMs + settings.lossStreak.cooldownMs - nowMs;
  return leftMs <= 0 ? null : `${losses} losses in a row: paused for another ${seconds(leftMs)}`;
}

function newsWindow(facts: Facts): string | null {
  const { news, settings, nowMs, slackMs } = facts;
  const spec = specFor(facts.ea, facts.signal.symbol);
  if (news === null || settings.newsWindowMs === null) return null;
  const windowMs = settings.newsWindowMs + slackMs;
  const near = news.find((each) =>
    (each.currency === spec?.baseCurrency || each.currency === spec?.quoteCurrency) &&
    !(Math.abs(each.atMs - nowMs) > windowMs)
  );
  if (near === undefined) return null;
  return `${near.currency} ${near.title} is ${seconds(near.atMs - nowMs)} away, window ${seconds(windowMs)}`;
}

function rateLimited({ fires, user, nowMs }: Facts): string | null {
  const most = TIERS[user.tier].shotsPerDay;
  if (most === null) return null;
  const shots = firesSince(fires, tradingDayStart(nowMs));
  return shots < most ? null : `${shots} of ${most} fires since 17:00 New York`;
}

function ofThisEa(facts: Facts): Facts["fires"] {
  return facts.fires.filter((fire) => fire.eaId === facts.ea?.ea.id);
}
