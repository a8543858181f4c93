/**
 * The HTTP edge, public port and server: real requests to a free port of this machine.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Hono } from "@hono/hono";
import { publicApp, serveHttp } from "../../edges/http.ts";
import { snakeKeys } from "../../edges/http/snake.ts";
import { formatTimeframe, readTimeframe } from "../../edges/http/timeframe.ts";
import type { PublicApi } from "../../protocols/http.ts";
import { type LogRecord, memoryLog, virtualClock } from "../../runtime/mod.ts";
import { type Faked, fakePublicApi, makeHealth, makeSummary } from "../kit/http_api.ts";
import { TUESDAY_MS } from "../kit/signals.ts";

const HOUR_MS = 3_600_000;

interface Port {
  readonly url: string;
  readonly fake: Faked<PublicApi>;
  readonly logs: readonly LogRecord[];
}

/** Serves the public app over a fake house. */
async function withPublic(
  run: (port: Port) => Promise<void>,
  answers: Partial<PublicApi> = {},
): Promise<void> {
  const { log, records } = memoryLog(virtualClock(TUESDAY_MS));
  const fake = fakePublicApi(answers);
  const server = await serveHttp({ host: "127.0.0.1", port: 0, app: publicApp(fake.api, log) });
  try {
    await run({ url: `http://127.0.0.1:${server.port}`, fake, logs: records });
  } finally {
    await server.close();
  }
}

async function json(response: Response): Promise<[number, unknown]> {
  return [response.status, await response.json()];
}

Deno.test("GET /healthz shows the seed's nine fields, its short names and ours", async () => {
  await withPublic(async ({ url }) => {
    assert.deepEqual(await json(await fetch(`${url}/healthz`)), [200, {
      status: "ok",
      version: "0.1.0",
      uptime: 10_801,
      signals_last_6h: 27,
      win_rate: 61.5,
      active_slots: "4/10",
      ea_connected: true,
      eas_connected: 2,
      event_bus_status: "ok",
      patterns_active: 2,
      avg_trade_duration: 28.5,
      halted: false,
      clock: null,
      event_bus: "ok",
      event_bus_lag: 0,
      patterns: ["KALMAN_QUICKFIRE", "BB_SCALP"],
      signals_6h: 27,
      auto_fire: true,
      slots_used: 4,
      unavailable: [],
    }]);
  });
});

Deno.test("GET /healthz of a house that knows nothing yet has null, not a number that looks good", async () => {
  const empty = makeHealth({
    analytics: { totalSignals: 0, winRate: null, averageDurationMs: null },
    slots: { taken: 0, max: 0 },
    easConnected: 0,
    autoFire: false,
  });
  await withPublic(async ({ url }) => {
    const [status, body] = await json(await fetch(`${url}/healthz`)) as [number, Record<string, unknown>];

    assert.equal(status, 200);
    assert.deepEqual(
      [
        body["signals_last_6h"],
        body["win_rate"],
        body["active_slots"],
        body["ea_connected"],
        body["avg_trade_duration"],
      ],
      [0, null, "0/0", false, null],
    );
  }, { health: () => Promise.resolve(empty) });
});

Deno.test("GET /healthz answers 503 with the rest of the figures when somebody is silent", async () => {
  const report = makeHealth({
    status: "degraded",
    silent: ["analytics", "event_bus"],
    analytics: null,
    busLag: null,
  });
  await withPublic(async ({ url }) => {
    const [status, body] = await json(await fetch(`${url}/healthz`)) as [number, Record<string, unknown>];

    assert.equal(status, 503);
    assert.deepEqual(
      [body["status"], body["unavailable"], body["win_rate"], body["event_bus_status"], body["active_slots"]],
      ["degraded", ["analytics", "event_bus"], null, "unavailable", "4/10"],
    );
  }, { health: () => Promise.resolve(report) });
});

Deno.test("GET /healthz shows a rehearsal's clock as simulated peers adopt it, and a lagging bus", async () => {
  const clock = { wallMs: 1, marketMs: 2, speed: 60, skips: [{ fromMs: 3, toMs: 4 }] };
  await withPublic(async ({ url }) => {
    const [, body] = await json(await fetch(`${url}/healthz`)) as [number, Record<string, unknown>];

    assert.deepEqual([body["clock"], body["event_bus_status"], body["event_bus_lag"]], [
      clock,
      "lagging",
      1_001,
    ]);
  }, { health: () => Promise.resolve(makeHealth({ clock, busLag: 1_001 })) });
});

Deno.test("GET /api/pattern-analytics shows six hours unless asked for another time frame", async () => {
  await withPublic(async ({ url, fake }) => {
    const [status, body] = await json(await fetch(`${url}/api/pattern-analytics`));
    const [, week] = await json(await fetch(`${url}/api/pattern-analytics?timeframe=7d`)) as [
      number,
      { timeframe: string },
    ];

    assert.deepEqual([status, body], [200, {
      timeframe: "6h",
      total_signals: 27,
      resolved: 24,
      open: 2,
      unknown: 1,
      shadows: 9,
      wins: 15,
      win_rate: 62.5,
      avg_trade_duration: 28.5,
      patterns: {
        KALMAN_QUICKFIRE: {
          signals: 25,
          wins: 15,
          wr: 62.5,
          n: 24,
          interval: [35.7, 83.4],
          mean_r: 0.07,
          pips: 18.5,
        },
        BB_SCALP: { signals: 2, wins: 0, wr: null, n: 0, interval: null, mean_r: null, pips: 0 },
      },
      recommendation: "No pattern with at least 20 resolved signals is below 40 %.",
    }]);
    assert.equal(week.timeframe, "7d");
    assert.deepEqual(fake.calls, [["patternAnalytics", 6 * HOUR_MS], ["patternAnalytics", 168 * HOUR_MS]]);
  });
});

Deno.test("GET /api/pattern-analytics refuses what is no time frame and says what is one", async () => {
  await withPublic(async ({ url, fake }) => {
    const [status, body] = await json(await fetch(`${url}/api/pattern-analytics?timeframe=6`));

    assert.deepEqual([status, body], [400, {
      error: {
        code: "BAD_TIMEFRAME",
        message: 'timeframe must be a whole number with m, h or d, from 1m to 90d: it is "6".',
        next: "Ask for example for /api/pattern-analytics?timeframe=24h; without it, the last 6h are shown.",
      },
    }]);
    assert.deepEqual(fake.calls, []);
  });
});

Deno.test("GET /api/pattern-analytics passes on who is silent as 503", async () => {
  const fault = {
    status: 503,
    code: "UNAVAILABLE",
    message: "No answer from analytics.",
    next: "See the log.",
  } as const;
  await withPublic(async ({ url }) => {
    const [status, body] = await json(await fetch(`${url}/api/pattern-analytics`));

    const { status: _, ...error } = fault;
    assert.deepEqual([status, body], [503, { error }]);
  }, { patternAnalytics: () => Promise.resolve({ ok: false, fault }) });
});

Deno.test("a path that is not there is 404 and another method 405, as JSON that says what to do", async () => {
  await withPublic(async ({ url }) => {
    const missing = await json(await fetch(`${url}/api/signals`));
    const wrong = await fetch(`${url}/healthz`, { method: "POST", body: "{}" });

    assert.deepEqual(missing, [404, {
      error: {
        code: "NOT_FOUND",
        message: "There is nothing at /api/signals.",
        next: "See / for what is here.",
      },
    }]);
    assert.equal(wrong.headers.get("Allow"), "GET, HEAD");
    assert.deepEqual(await json(wrong), [405, {
      error: {
        code: "METHOD_NOT_ALLOWED",
        message: "POST is not possible at /healthz.",
        next: "Use GET, HEAD.",
      },
    }]);
  });
});

Deno.test("HEAD is answered like GET without a body", async () => {
  await withPublic(async ({ url }) => {
    const response = await fetch(`${url}/healthz`, { method: "HEAD" });

    assert.deepEqual([response.status, await response.text()], [200, ""]);
  });
});

Deno.test("every answer forbids what a page of ours never needs, and none lets another origin read it", async () => {
  await withPublic(async ({ url }) => {
    for (const path of ["/", "/healthz", "/nothing"]) {
      const { headers, body } = await fetch(url + path, { headers: { Origin: "https://elsewhere.example" } });
      await body?.cancel();

      assert.equal(headers.get("Access-Control-Allow-Origin"), null, path);
      assert.match(
        headers.get("Content-Security-Policy") ?? "",
        /^default-src 'none'; style-src 'nonce-[^']+'; /,
        path,
      );
      assert.deepEqual(
        ["X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cache-Control"].map((name) =>
          headers.get(name)
        ),
        ["nosniff", "DENY", "no-referrer", "no-store"],
        path,
      );
    }
  });
});

Deno.test("GET / is a page with the figures, links to both APIs, and nothing fetched from elsewhere", async () => {
  await withPublic(async ({ url }) => {
    const response = await fetch(url);
    const page = (await response.text()).replaceAll(/>\s+</g, "><");

    assert.match(response.headers.get("Content-Type") ?? "", /^text\/html/);
    for (
      const part of ["<dd>4/10</dd>", "<dd>61.5</dd>", "up 3 h 0 min", "35.7 to 83.4", "KALMAN_QUICKFIRE"]
    ) {
      assert.equal(page.includes(part), true, part);
    }
    assert.deepEqual([...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => href), [
      "/healthz",
      "/api/pattern-analytics",
    ]);
    assert.doesNotMatch(page, /src=|https?:|<script|url\(/);
    const nonce = /nonce-([^']+)'/.exec(response.headers.get("Content-Security-Policy") ?? "")?.[1];
    assert.equal(page.includes(`<style nonce="${nonce}">`), true);
  });
});

Deno.test("GET / says what is wrong, and takes no text for markup", async () => {
  const health = makeHealth({
    halted: true,
    silent: ["<b>desk</b>"],
    status: "degraded",
    analytics: null,
    autoFire: null,
  });
  const fault = { status: 503, code: "UNAVAILABLE", message: "", next: "" } as const;
  await withPublic(async ({ url }) => {
    const page = (await (await fetch(url)).text()).replaceAll(/>\s+</g, "><");

    assert.match(page, /Trading is halted/);
    assert.match(page, /No answer from: &lt;b&gt;desk&lt;\/b&gt;\./);
    assert.match(page, /analytics does not answer/);
    assert.match(page, /<dt>Win rate, %<\/dt><dd>unknown<\/dd>/);
  }, {
    health: () => Promise.resolve(health),
    patternAnalytics: () => Promise.resolve({ ok: false, fault }),
  });
});

Deno.test("GET / of a house without signals says so", async () => {
  const empty = makeSummary(6 * HOUR_MS, { patterns: {}, totalSignals: 0, recommendation: null });
  await withPublic(async ({ url }) => {
    assert.match(await (await fetch(url)).text(), /No signals yet\./);
  }, { patternAnalytics: () => Promise.resolve({ ok: true, value: empty }) });
});

Deno.test("a fault of ours is 500 without its inside, which is in the log", async () => {
  await withPublic(async ({ url, logs }) => {
    const [status, body] = await json(await fetch(`${url}/healthz`));

    assert.deepEqual([status, body], [500, {
      error: {
        code: "INTERNAL",
        message: "The request failed inside the server.",
        next: "Look into the log; the request may have had an effect.",
      },
    }]);
    assert.deepEqual(logs.map(({ level, message, fields }) => [level, message, fields["path"]]), [
      ["error", "a request failed", "/healthz"],
    ]);
  }, { health: () => Promise.reject(new Error("secret detail")) });
});

Deno.test("serveHttp() names address and port when it cannot bind", async () => {
  const app = new Hono();
  const first = await serveHttp({ host: "127.0.0.1", port: 0, app });

  await assert.rejects(
    serveHttp({ host: "127.0.0.1", port: first.port, app }),
    (error: Error) => error.message.startsWith(`Cannot bind HTTP to 127.0.0.1:${first.port}: `),
  );
  await first.close();
});

Deno.test("close() frees the port, lets a running request end, and may be called twice", async () => {
  const app = new Hono();
  let release = () => {};
  const running = Promise.withResolvers<void>();
  app.get("/", async (c) => {
    running.resolve();
    await new Promise<void>((resolve) => release = resolve);
    return c.text("done");
  });
  const server = await serveHttp({ host: "127.0.0.1", port: 0, app });
  const asked = fetch(`http://127.0.0.1:${server.port}/`);
  await running.promise;

  const closed = [server.close(), server.close()];
  release();

  assert.equal(await (await asked).text(), "done");
  await Promise.all(closed);
  const again = await serveHttp({ host: "127.0.0.1", port: server.port, app });
  await again.close();
});

Deno.test("close() cuts off a request that does not end in time", async () => {
  const app = new Hono();
  const running = Promise.withResolvers<void>();
  app.get("/", () => {
    running.resolve();
    return new Promise<Response>(() => {});
  });
  const server = await serveHttp({ host: "127.0.0.1", port: 0, app, lingerMs: 1 });
  const asked = fetch(`http://127.0.0.1:${server.port}/`).then(() => "answered", () => "cut off");
  await running.promise;

  await server.close();

  assert.equal(await asked, "cut off");
});

Deno.test("readTimeframe() reads whole minutes, hours and days from 1m to 90d, and formatTimeframe() writes them", () => {
  const read = ["1m", "90m", "6h", "24h", "90d"].map(readTimeframe);

  assert.deepEqual(read.map((ms) => formatTimeframe(ms!)), ["1m", "90m", "6h", "1d", "90d"]);
  assert.deepEqual(
    ["0m", "91d", "6", "h", "-1h", "1.5h", "6H", "", "1e3h"].map(readTimeframe),
    Array(9).fill(null),
  );
});

Deno.test("snakeKeys() leaves alone what is a value used as a key", () => {
  assert.deepEqual(
    snakeKeys({ winRate: 1, EURUSD: { atMs: [{ mfePips: null }] }, BB_SCALP: 2, plain: "aB" }),
    {
      win_rate: 1,
      EURUSD: { at_ms: [{ mfe_pips: null }] },
      BB_SCALP: 2,
      plain: "aB",
    },
  );
});
