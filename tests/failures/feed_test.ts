/**
 * Recorded failures of the feed: a stream that stalls, one that never came, one that was dropped, one that died.
 *
 * @module
 */
import assert from "node:assert/strict";
import { BAD_PAYLOADS } from "../kit/bad_input.ts";
import { TUESDAY_MS } from "../kit/signals.ts";
import { bytes, changed, fixture, fixtureText } from "../kit/wire_fixture.ts";
import { EA, inMarket, type Market, MINUTE, tickLine } from "./market_setup.ts";

const HOUR = 3_600_000;
const FRIDAY_CLOSE = Date.UTC(2026, 6, 10, 21);

/** The EA of the fixtures, on 5555 and 5558. */
function peersOf({ world, house }: Market) {
  const at = (port: number) => ({ connect: `tcp://127.0.0.1:${port}` });
  const dealer = world.network.peers.dealer({ ...at(house.ports.command), identity: "user_demo_0001" });
  return { dealer, confirm: world.network.peers.push(at(house.ports.confirm)) };
}

const raisedFor = (market: Market, code: string) =>
  market.events("conditionRaised").find(({ condition }) => condition.code === code)!;

Deno.test("F21: garbage at full rate on every port costs one fault each, and not one good message nor a moment", async () => {
  await inMarket(async (market) => {
    const { dealer, confirm } = peersOf(market);
    const relayed = market.listen("relay");
    const atMs = market.nowMs;
    const good = Array.from({ length: 60 }, (_, second) => tickLine(1.1, atMs + second * 1_000));

    for (const line of good) {
      for (const { payload } of BAD_PAYLOADS) {
        await market.push(payload);
        await dealer.send([payload]);
        await confirm.send([payload]);
      }
      await market.push(line);
      await market.house.flow();
    }
    await dealer.send([fixture("v205_heartbeat")]);
    await confirm.send([fixture("v205_pong")]);
    await market.house.flow();

    const faults = 60 * BAD_PAYLOADS.length;
    const counts = async (name: Parameters<Market["gateway"]>[0]) => {
      const { received, faultsTotal } = await market.gateway(name);
      return [Object.values(received).reduce((sum, count) => sum + count, 0), faultsTotal];
    };
    assert.deepEqual(relayed, good);
    assert.deepEqual(await counts("tickGateway"), [60, faults]);
    assert.deepEqual(await counts("commandGateway"), [1, faults]);
    assert.deepEqual(await counts("confirmGateway"), [1, faults]);
    assert.equal(market.nowMs, atMs);
    const logged = market.house.logs.filter(({ message }) => message === "frame refused");
    assert.ok(
      logged.length <= 3 * new Set(BAD_PAYLOADS.map(({ reason }) => reason)).size,
      `${logged.length} lines`,
    );
  });
});

Deno.test("F22: a start after which nothing comes on 5556 is reported within six minutes, and over with the first ticks", async () => {
  await inMarket(async (market) => {
    const { dealer } = peersOf(market);

    for (let beat = 0; beat < 12; beat++) {
      await dealer.send([fixture("v205_heartbeat")]);
      await market.pass(30_000);
    }
    const reported = market.conditions();
    await market.stream(2 * MINUTE);

    assert.deepEqual([reported, market.conditions()].map((each) => each.includes("FEED_SILENT ")), [
      true,
      false,
    ]);
    const { condition } = raisedFor(market, "FEED_SILENT");
    assert.ok(condition.sinceMs - TUESDAY_MS <= 6 * MINUTE);
    assert.match(condition.message, /telemetry port/);
  });
});

Deno.test("F23: a name with a broker's mark makes candles, an unknown one is counted, a doubtful one is asked about", async () => {
  await inMarket(async (market) => {
    const relayed = market.listen("relay");
    const names = ["EURUSD.r", "mGBPUSD", "USDJPY.pro", "GOLD", "US30", "AUDUSDmicro"];

    for (let second = 0; second < 130; second++) {
      for (const name of names) await market.tick(1.1 + second / 1e5, { name });
      await market.pass(1_000);
    }

    const symbols = new Set(market.world.store.select({ from: "candles" }).map(({ symbol }) => symbol));
    assert.deepEqual([...symbols].toSorted(), ["EURUSD", "GBPUSD", "USDJPY", "XAUUSD"]);
    assert.equal((await market.relay()).unmapped, 260);
    assert.equal(relayed.length, 130 * names.length);
    assert.deepEqual(market.conditions(), ["SYMBOL_DOUBTFUL AUDUSDmicro"]);
  });
});

Deno.test("F23: a feed of which every tick is left out is reported with the reasons, and mended by the operator's map", async () => {
  const map = JSON.stringify({ market: { symbolMap: { "EURUSDq7": "EURUSD" } } });
  let atMs = TUESDAY_MS;
  await inMarket(async (market) => {
    for (let second = 0; second < 370; second += 5) {
      await market.tick(1.1, { name: "EURUSDx7" });
      await market.tick(1.1, { name: "EURUSDq8" });
      await market.pass(5_000);
    }

    assert.deepEqual(market.conditions(), [
      "FEED_UNUSED ",
      "SYMBOL_DOUBTFUL EURUSDq8",
      "SYMBOL_DOUBTFUL EURUSDx7",
    ]);
    assert.match(raisedFor(market, "FEED_UNUSED").condition.message, /unmapped \d+$/);

    await market.stop();
    atMs = market.nowMs + 1_000;
    await market.start(atMs);
    for (let second = 0; second < 70; second++) {
      await market.tick(1.1 + second / 1e5, { name: "EURUSDq7" });
      await market.pass(1_000);
    }
    assert.ok(!market.conditions().includes("FEED_UNUSED "));
    assert.ok(market.minutes().length > 0);
  }, { config: map });
});

Deno.test("F23: ticks that make candles but no scans are reported after a quarter of an hour, and over with the next scan", async () => {
  await inMarket(async (market) => {
    const late = async (forMs: number, lagMs: number) => {
      for (let ms = 0; ms < forMs; ms += 5_000) {
        await market.tick(1.1 + (ms / 5_000 % 7) / 1e5, { atMs: market.nowMs - lagMs });
        await market.pass(5_000);
      }
    };

    await late(21 * MINUTE, 75_000);
    const reported = market.conditions();
    await late(7 * MINUTE, 0);

    assert.ok((await market.symbol()).candles.M5 >= 4);
    assert.deepEqual([reported, market.conditions()], [["SCAN_OVERDUE EURUSD"], []]);
  });
});

/** The EA beats and ticks for so many half minutes. */
async function live(market: Market, halfMinutes: number): Promise<void> {
  const { dealer } = peersOf(market);
  await market.push(fixture("v205_handshake"));
  for (let beat = 0; beat < halfMinutes; beat++) {
    await dealer.send([fixture("v205_heartbeat")]);
    await market.stream(30_000);
  }
}

Deno.test("F24: a hung bridge in an open market is reported within six minutes, and nothing is restarted or bound anew", async () => {
  await inMarket(async (market) => {
    await live(market, 6);
    const before = market.conditions();
    const bound = { ...market.house.ports };

    await market.pass(6 * MINUTE);

    const silence = market.conditions().filter((each) => !before.includes(each));
    assert.deepEqual(silence, [`EA_LOST ${EA}`, "FEED_SILENT "]);
    assert.deepEqual(market.house.ports, bound);
    assert.equal(market.house.system.counters().restarts, 0);
  });
});

Deno.test("F24: two days of silence over a weekend are a closed market; five minutes of it after the opening are not", async () => {
  await inMarket(async (market) => {
    await live(market, 20);
    const friday = market.conditions();

    for (let hour = 0; hour < 48; hour++) await market.pass(HOUR);
    const weekend = market.conditions();
    await market.pass(7 * MINUTE);

    assert.deepEqual(weekend, friday);
    assert.deepEqual(market.conditions().filter((each) => !friday.includes(each)), [
      `EA_LOST ${EA}`,
      "FEED_SILENT ",
    ]);
    const { condition } = raisedFor(market, "FEED_SILENT");
    assert.ok(condition.sinceMs >= FRIDAY_CLOSE + 48 * HOUR + 5 * MINUTE);
  }, { startMs: FRIDAY_CLOSE - 10 * MINUTE });
});

/** Every message that goes to a port. */
const FIXTURES = {
  commandGateway: ["v205_hello", "v205_heartbeat", "v206h_heartbeat"],
  tickGateway: ["v205_handshake", "v205_telemetry", "v205_tick", "v205_ohlc", "v205_disconnect"],
  confirmGateway: [
    "v205_confirmation_success",
    "v205_confirmation_failed",
    "v205_close_ticket",
    "v205_pong",
    "v206h_filled",
    "v206h_position_closed",
  ],
} as const;

Deno.test("F25: a message cut off at any byte is a fault and never half a message, on every port", async () => {
  await inMarket(async (market) => {
    const { dealer, confirm } = peersOf(market);
    const send = {
      commandGateway: (payload: Uint8Array) => dealer.send([payload]),
      tickGateway: (payload: Uint8Array) => market.push(payload),
      confirmGateway: (payload: Uint8Array) => confirm.send([payload]),
    };
    for (const gateway of ["commandGateway", "tickGateway", "confirmGateway"] as const) {
      let cuts = 0;
      for (const name of FIXTURES[gateway]) {
        const whole = bytes(fixtureText(name).trimEnd());
        for (let length = 0; length < whole.length; length++, cuts++) {
          await send[gateway](whole.slice(0, length));
          if (cuts % 500 === 0) await market.house.flow();
        }
      }
      await market.house.flow();
      const { received, faultsTotal } = await market.gateway(gateway);
      assert.deepEqual([received, faultsTotal], [{}, cuts], gateway);
    }
    assert.deepEqual(market.world.store.select({ from: "confirmations" }), []);
    assert.deepEqual(market.world.store.events(0, 10), []);
  });
});

Deno.test("F25: a heartbeat with forty positions is read whole, and one of 70,000 bytes costs itself alone", async () => {
  await inMarket(async (market) => {
    const { dealer } = peersOf(market);
    const [position] = /\{"ticket".*?\}/.exec(fixtureText("v206h_heartbeat"))!;
    const many = (count: number) =>
      changed("v206h_heartbeat", position, Array(count).fill(position).join(","));

    for (const count of [40, 500, 40]) await dealer.send([many(count)]);
    await market.house.flow();

    assert.ok(many(40).length > 1_922 && many(500).length > 65_536);
    const { received, faults } = await market.gateway("commandGateway");
    assert.deepEqual([received, faults], [{ heartbeat: 2 }, { too_large: 1 }]);
  });
});
