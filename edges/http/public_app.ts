/**
 * The public port: health, pattern analytics, and a page that a person can read. It shows figures and changes nothing.
 *
 * @module
 */
import { Hono } from "@hono/hono";
import type { AnalyticsSummary, PatternStats } from "../../protocols/analytics.ts";
import type { HealthReport, PublicApi } from "../../protocols/http.ts";
import type { Log } from "../../runtime/log.ts";
import { answer, type AppEnv, fault, furnish, refuseOtherMethods } from "./respond.ts";
import { statusPage } from "./status_page.ts";
import { formatTimeframe, readTimeframe, TIMEFRAME_DEFAULT_MS } from "./timeframe.ts";

/** Events a subscriber of the bus may be behind before the bus counts as lagging. */
const LAG_MAX = 1_000;

/** Makes the app of the public port. */
export function publicApp(api: PublicApi, log: Log): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  furnish(app, log, "See / for what is here.");
  refuseOtherMethods(app);

  app.get("/healthz", async (c) => {
    const report = await api.health();
    return c.json(healthJson(report), report.status === "ok" ? 200 : 503);
  });

  app.get("/api/pattern-analytics", async (c) => {
    const timeframeMs = readTimeframe(c.req.query("timeframe"));
    if (timeframeMs === null) {
      return fault(c, 400, {
        code: "BAD_TIMEFRAME",
        message: `timeframe must be a whole number with m, h or d, from 1m to 90d: it is ${
          JSON.stringify(c.req.query("timeframe"))
        }.`,
        next: "Ask for example for /api/pattern-analytics?timeframe=24h; without it, the last 6h are shown.",
      });
    }
    return answer(c, await api.patternAnalytics(timeframeMs), analyticsJson);
  });

  app.get("/", async (c) => {
    const [report, figures] = await Promise.all([api.health(), api.patternAnalytics(TIMEFRAME_DEFAULT_MS)]);
    const summary = figures.ok ? analyticsJson(figures.value) : null;
    return c.html(statusPage(healthJson(report), summary, c.get("secureHeadersNonce") ?? ""));
  });
  return app;
}

/** The body of `/healthz`. */
export type HealthJson = ReturnType<typeof healthJson>;
/** The body of `/api/pattern-analytics`. */
export type AnalyticsJson = ReturnType<typeof analyticsJson>;

/** The body of `/healthz`: null where nobody knows, or where there is nothing to know yet. */
function healthJson(report: HealthReport) {
  const { analytics, slots, easConnected, activePatterns } = report;
  const bus = busStatus(report);
  return {
    status: report.status,
    version: report.version,
    /** Seconds. */
    uptime: Math.floor(report.uptimeMs / 1_000),
    signals_last_6h: analytics?.totalSignals ?? null,
    /** Percent of the resolved ones. */
    win_rate: analytics?.winRate ?? null,
    active_slots: slots === null ? null : `${slots.taken}/${slots.max}`,
    ea_connected: easConnected === null ? null : easConnected > 0,
    eas_connected: easConnected,
    event_bus_status: bus,
    patterns_active: activePatterns.length,
    /** Minutes from signal to outcome. */
    avg_trade_duration: minutes(analytics?.averageDurationMs ?? null),
    halted: report.halted,
    clock: report.clock,
    event_bus: bus,
    event_bus_lag: report.busLag,
    patterns: activePatterns,
    signals_6h: analytics?.totalSignals ?? null,
    auto_fire: report.autoFire,
    slots_used: slots?.taken ?? null,
    unavailable: report.silent,
  };
}

function busStatus({ busLag }: HealthReport): "ok" | "lagging" | "unavailable" {
  if (busLag === null) return "unavailable";
  return busLag > LAG_MAX ? "lagging" : "ok";
}

function analyticsJson(summary: AnalyticsSummary) {
  const { totalSignals, resolved, openSignals } = summary;
  return {
    timeframe: formatTimeframe(summary.timeframeMs),
    total_signals: totalSignals,
    resolved,
    open: openSignals,
    /** Ended while ticks were missed: in no rate. */
    unknown: totalSignals - resolved - openSignals,
    /** Vetoed finds: followed, never fired, in no figure here. */
    shadows: summary.shadowSignals,
    wins: summary.wins,
    win_rate: summary.winRate,
    avg_trade_duration: minutes(summary.averageDurationMs),
    patterns: Object.fromEntries(
      Object.entries(summary.patterns).map(([name, stats]) => [name, patternJson(stats)]),
    ),
    recommendation: summary.recommendation,
  };
}

function patternJson({ signals, wins, winRate, resolved, winRateInterval, meanR, pips }: PatternStats) {
  return { signals, wins, wr: winRate, n: resolved, interval: winRateInterval, mean_r: meanR, pips };
}

function minutes(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 6_000) / 10;
}
