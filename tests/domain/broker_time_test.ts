/**
 * Broker time: the zone of an EA's stamps, through floods, mad stamps, handshakes and the change of the clocks.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { BrokerClock, SETTLE_MS } from "../../domain/broker_time.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** 2026-07-07 10:00 UTC, a Tuesday. */
const TEN = Date.UTC(2026, 6, 7, 10);

/** Stamps as v2.05 makes them: whole seconds of the broker's clock, sent within a second. */
const stampOf = (atMs: number, zoneMs: number) => Math.floor((atMs + zoneMs) / 1_000) * 1_000;

/** A tick a second, live, from `fromMs` for so many seconds; answers when it settled, in seconds. */
function live(
  clock: BrokerClock,
  fromMs: number,
  zoneMs: number,
  seconds = 10,
  latencyMs = 300,
): number | null {
  for (let s = 0; s < seconds; s++) {
    const atMs = fromMs + s * 1_000;
    if (clock.observe(stampOf(atMs, zoneMs), atMs + latencyMs) === "settled") return s;
  }
  return null;
}

/** Ticks a second apart, `ageMs` old at first, that arrive at one go. */
function flood(clock: BrokerClock, arrivedAtMs: number, zoneMs: number, ageMs: number, ticks: number): void {
  for (let i = 0; i < ticks; i++) {
    clock.observe(stampOf(arrivedAtMs - ageMs + i * 1_000, zoneMs), arrivedAtMs + i);
  }
}

function settled(zoneMs: number, fromMs = TEN): BrokerClock {
  const clock = new BrokerClock(0);
  live(clock, fromMs, zoneMs);
  assert.equal(clock.offsetMs, zoneMs);
  return clock;
}

Deno.test("BrokerClock learns UTC+3 from a live stream in five seconds", () => {
  const clock = new BrokerClock(0);

  assert.equal(live(clock, TEN, 3 * HOUR), 5);
  assert.equal(clock.offsetMs, 3 * HOUR);
});

Deno.test("BrokerClock waits out a flood of a thousand stale ticks before it believes a zone", () => {
  const clock = new BrokerClock(0);
  flood(clock, TEN, 3 * HOUR, 20 * MINUTE, 1_000);

  const afterFlood = clock.offsetMs;
  live(clock, TEN + 1_000, 3 * HOUR);

  assert.deepEqual([afterFlood, clock.offsetMs], [null, 3 * HOUR]);
});

Deno.test("BrokerClock learns the zone whatever the broker, the latency and the backlog before it", () => {
  const cases = fc.record({
    quarters: fc.integer({ min: -48, max: 56 }),
    latencyMs: fc.integer({ min: 0, max: 3_000 }),
    ageMs: fc.integer({ min: 0, max: 6 * HOUR }),
    stale: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 1_000 })),
    pauseMs: fc.oneof(fc.constant(2_000), fc.integer({ min: 1_000, max: MINUTE })),
  });
  fc.assert(
    fc.property(cases, ({ quarters, latencyMs, ageMs, stale, pauseMs }) => {
      const zoneMs = quarters * 15 * MINUTE;
      const clock = new BrokerClock(0);
      flood(clock, TEN, zoneMs, ageMs + stale * 1_000, stale);
      clock.settle(TEN + pauseMs - 1);
      const seconds = live(clock, TEN + pauseMs, zoneMs, 12, latencyMs);
      assert.equal(clock.offsetMs, zoneMs, `after ${seconds} s`);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("BrokerClock knows the zones of brokers by New York, Athens, London and UTC in every season", () => {
  // Weeks between the American and the European change of the clocks are where the two kinds of +2/+3 part.
  const weeks = [
    [Date.UTC(2026, 0, 13, 12), 2, 2, 0],
    [Date.UTC(2026, 2, 17, 12), 3, 2, 0],
    [Date.UTC(2026, 6, 7, 12), 3, 3, 1],
    [Date.UTC(2026, 9, 27, 12), 3, 2, 0],
    [Date.UTC(2026, 10, 10, 12), 2, 2, 0],
  ] as const;

  for (const [tuesday, newYorkClose, athens, london] of weeks) {
    for (const hours of [newYorkClose, athens, london, 0]) settled(hours * HOUR, tuesday);
  }
});

Deno.test("BrokerClock believes no single mad stamp", () => {
  const clock = new BrokerClock(0);
  for (let s = 0; s < 20; s++) {
    const atMs = TEN + s * 1_000;
    clock.observe(stampOf(atMs, s === 3 ? 9 * HOUR : 2 * HOUR), atMs);
  }

  assert.equal(clock.offsetMs, 2 * HOUR);
});

Deno.test("BrokerClock refuses 1970, 2099 and NaN", () => {
  const clock = new BrokerClock(0);

  const verdicts = [0, Date.UTC(2099, 0, 1), NaN, TEN + 15 * HOUR, TEN - 8 * 24 * HOUR].map((stamp) =>
    clock.observe(stamp, TEN)
  );

  assert.deepEqual(verdicts, Array(5).fill("implausible"));
  assert.equal(clock.offsetMs, null);
});

Deno.test("BrokerClock settles by the clock when a lone tick is all that came, but not at the weekend", () => {
  const weekday = new BrokerClock(0);
  weekday.observe(stampOf(TEN, 3 * HOUR), TEN);
  const saturday = Date.UTC(2026, 6, 11, 10);
  const weekend = new BrokerClock(0);
  weekend.observe(stampOf(saturday, 3 * HOUR), saturday);

  const early = weekday.settle(TEN + SETTLE_MS - 1);

  assert.deepEqual([early, weekday.settle(TEN + SETTLE_MS), weekend.settle(saturday + HOUR)], [
    false,
    true,
    false,
  ]);
});

Deno.test("BrokerClock takes back a zone that a lone stale tick gave it, once three live ones say otherwise", () => {
  const clock = new BrokerClock(0);
  clock.observe(stampOf(TEN - HOUR, 3 * HOUR), TEN);
  clock.settle(TEN + SETTLE_MS);
  const slight = clock.offsetMs;

  const verdicts = [0, 1, 2, 3, 4, 5, 6, 7].map((s) => {
    const atMs = TEN + 20_000 + s * 1_000;
    return clock.observe(stampOf(atMs, 3 * HOUR), atMs);
  });

  assert.deepEqual([slight, clock.offsetMs], [2 * HOUR, 3 * HOUR]);
  assert.deepEqual(verdicts, [...Array(7).fill("learning"), "settled"]);
});

Deno.test("BrokerClock takes Friday's last ticks, sent again on Saturday, for no zone at all", () => {
  const saturday = Date.UTC(2026, 6, 11, 10);
  const friday = Date.UTC(2026, 6, 10, 20, 59);
  const clock = new BrokerClock(0);
  for (let i = 0; i < 19; i++) clock.observe(stampOf(friday - i * 1_000, 3 * HOUR), saturday + i);

  live(clock, Date.UTC(2026, 6, 12, 21, 0, 5), 3 * HOUR);

  assert.equal(clock.offsetMs, 3 * HOUR);
});

Deno.test("BrokerClock does not take an hour's backlog in the week for a change of the clocks", () => {
  const clock = settled(3 * HOUR);
  const later = TEN + 2 * HOUR;

  flood(clock, later, 3 * HOUR, HOUR, 1_000);
  live(clock, later + 2_000, 3 * HOUR);

  assert.equal(clock.offsetMs, 3 * HOUR);
});

Deno.test("BrokerClock follows the clocks put forward and back over a weekend, and only then", () => {
  const cases = [
    [Date.UTC(2026, 2, 6, 12), Date.UTC(2026, 2, 8, 21, 0, 1), 2, 3],
    [Date.UTC(2026, 9, 30, 12), Date.UTC(2026, 10, 1, 22, 0, 1), 3, 2],
  ] as const;

  for (const [friday, sunday, before, after] of cases) {
    const clock = settled(before * HOUR, friday);
    const first = clock.observe(stampOf(sunday, after * HOUR), sunday);
    live(clock, sunday + 1_000, after * HOUR);

    assert.deepEqual([first, clock.offsetMs], ["learning", after * HOUR]);
  }
});

Deno.test("BrokerClock settles at once after a handshake when a fresh stamp fits the zone it knew", () => {
  const clock = settled(3 * HOUR);

  clock.shakeHands();
  const unknown = clock.offsetMs;
  const verdict = clock.observe(stampOf(TEN + MINUTE, 3 * HOUR), TEN + MINUTE);

  assert.deepEqual([unknown, verdict, clock.offsetMs], [null, "settled", 3 * HOUR]);
});

Deno.test("BrokerClock learns another zone after a handshake with another broker", () => {
  const clock = settled(3 * HOUR);

  clock.shakeHands();

  assert.equal(live(clock, TEN + MINUTE, 0), 5);
  assert.equal(clock.offsetMs, 0);
});

Deno.test("BrokerClock refuses one tick from the future, and follows when three in a row say so", () => {
  const clock = settled(3 * HOUR);
  const ahead = (s: number) =>
    clock.observe(stampOf(TEN + MINUTE + s * 1_000, 3 * HOUR) + 2 * MINUTE, TEN + MINUTE + s * 1_000);

  assert.deepEqual([ahead(0), ahead(1), ahead(2), ahead(3)], [
    "implausible",
    "implausible",
    "settled",
    "settled",
  ]);
});

Deno.test("BrokerClock never follows into another zone, and says since when it is contradicted", () => {
  const clock = settled(2 * HOUR);
  const from = TEN + MINUTE;

  const verdicts = [0, 1, 2, 3, 4].map((s) =>
    clock.observe(stampOf(from, 3 * HOUR) + s * 1_000, from + s * 1_000)
  );

  assert.deepEqual(verdicts, Array(5).fill("implausible"));
  assert.deepEqual([clock.offsetMs, clock.contradictedSinceMs], [2 * HOUR, from]);
});

Deno.test("BrokerClock is contradicted by eleven minutes of nothing but old stamps, and by no less", () => {
  const clock = settled(3 * HOUR);
  const since: (number | null)[] = [];
  for (let minute = 1; minute <= 12; minute++) {
    const atMs = TEN + minute * MINUTE;
    clock.observe(stampOf(atMs, 2 * HOUR), atMs);
    since.push(clock.contradictedSinceMs);
  }

  assert.deepEqual(since, [...Array(10).fill(null), TEN + 11 * MINUTE, TEN + 11 * MINUTE]);
});

Deno.test("BrokerClock knows a stale stamp from a fresh one, also after an hour of silence", () => {
  const clock = settled(3 * HOUR);
  const at = (arrivedAtMs: number, ageMs: number) => {
    const stamp = stampOf(arrivedAtMs - ageMs, 3 * HOUR);
    clock.observe(stamp, arrivedAtMs);
    return clock.staleness(stamp, arrivedAtMs);
  };

  const ages = [at(TEN + MINUTE, 0), at(TEN + HOUR, 20 * MINUTE), at(TEN + HOUR + 1, 0)];

  assert.ok(Math.abs(ages[0]!) <= 1_000 && Math.abs(ages[2]!) <= 1_000, `${ages}`);
  assert.ok(Math.abs(ages[1]! - 20 * MINUTE) <= 1_000, `${ages}`);
});
