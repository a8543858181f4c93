/**
 * The status page: the figures of the public port as a person reads them. Rendered here, asks for nothing outside.
 *
 * @module
 */
import { html, raw } from "@hono/hono/html";
import type { AnalyticsJson, HealthJson } from "./public_app.ts";

type Html = ReturnType<typeof html>;

const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 small { font-size: .9rem; font-weight: normal; opacity: .7; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1rem; }
dt { opacity: .7; } dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
.trouble { border-left: .3rem solid #c33; padding: .5rem 1rem; }
`;

/** Renders the page. `analytics` is null while nobody answers for it. */
export function statusPage(health: HealthJson, analytics: AnalyticsJson | null, nonce: string): Html {
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="refresh" content="30">
        <title>BITTEN: ${health.status}</title>
        <style nonce="${nonce}">${raw(STYLE)}</style>
      </head>
      <body>
        <main>
    <h1>BITTEN <small>${health.version}, up ${duration(health.uptime)}</small></h1>
    ${troubles(health)}
    <dl>
    ${figure("Status", health.status, health)}
    ${figure("Signals, last 6 h", health.signals_last_6h, health)}
    ${figure("Win rate, %", health.win_rate, health)}
    ${figure("Slots taken", health.active_slots, health)}
    ${figure("EAs connected", health.eas_connected, health)}
    ${figure("Auto-fire", health.auto_fire === null ? null : health.auto_fire ? "on" : "off", health)}
    ${figure("Active patterns", health.patterns_active, health)}
    ${figure("Signal to outcome, min", health.avg_trade_duration, health)}
    ${figure("Event bus", health.event_bus_status, health)}
    </dl>
    <h2>Patterns, last 6 h</h2>
    ${analytics === null ? html`<p>No figures: analytics does not answer.</p>` : patternTable(analytics)}
    <nav><p><a href="/healthz">/healthz</a> · <a href="/api/pattern-analytics">/api/pattern-analytics</a></p></nav>
        </main>
      </body>
    </html>
  `;
}

/** Null is "none yet" where everybody has answered. */
function figure(name: string, value: string | number | null, { unavailable }: HealthJson): Html {
  return html`
    <div>
      <dt>${name}</dt>
      <dd>${value ?? (unavailable.length > 0 ? "unknown" : "none yet")}</dd>
    </div>
  `;
}

function troubles({ halted, unavailable, clock }: HealthJson): Html[] {
  const lines: string[] = [];
  if (halted === true) lines.push("Trading is halted: nothing is fired until it is resumed.");
  if (unavailable.length > 0) lines.push(`No answer from: ${unavailable.join(", ")}.`);
  if (clock !== null) {
    lines.push(`Rehearsal: the market clock runs ${clock.speed} times as fast as the wall's.`);
  }
  return lines.map((line) => html`<p class="trouble">${line}</p>`);
}

function patternTable({ patterns, recommendation, shadows, unknown }: AnalyticsJson): Html {
  const rows = Object.entries(patterns).map(([name, stats]) => {
    const interval = stats.interval === null ? "" : `${stats.interval[0]} to ${stats.interval[1]}`;
    const cells = [
      name,
      stats.signals,
      stats.n,
      stats.wins,
      stats.wr ?? "",
      interval,
      stats.mean_r ?? "",
      stats.pips,
    ];
    return html`
      <tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
    `;
  });
  const heads = ["Pattern", "Signals", "Resolved", "Won", "Win rate, %", "95 % interval", "Mean R", "Pips"];
  if (rows.length === 0) return html`<p>No signals yet.</p>`;
  return html`
    <table>
      <thead>
        <tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr>
      </thead>
      <tbody>
    ${rows}</tbody>
    </table>
    <p>${recommendation ?? "Nothing has resolved yet."}</p>
    <p><small>${shadows} vetoed finds and ${unknown} unknown outcomes are in no rate.</small></p>
  `;
}

function duration(seconds: number): string {
  const [days, hours, minutes] = [86_400, 3_600, 60].map((unit) => Math.floor(seconds / unit));
  if (days! > 0) return `${days} d ${hours! % 24} h`;
  return hours! > 0 ? `${hours} h ${minutes! % 60} min` : `${minutes} min`;
}
