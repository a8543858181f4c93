/**
 * Feed conditions: each trouble said once, with what to do about it.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  doubtfulName,
  FEED_SILENT_MS,
  FeedAlarm,
  FeedWatch,
  SUSPECT_MS,
} from "../../domain/feed_conditions.ts";
import { eaId, symbolName } from "../../protocols/units.ts";

const HOUR = 3_600_000;

Deno.test("FeedWatch raises a zone that was contradicted for ten minutes, once, and clears it once", () => {
  const watch = new FeedWatch(eaId("ea-1"));

  const said = [
    watch.zone(2 * HOUR, null, 0),
    watch.zone(2 * HOUR, 0, SUSPECT_MS - 1),
    watch.zone(2 * HOUR, 0, SUSPECT_MS),
    watch.zone(2 * HOUR, 0, SUSPECT_MS + 1),
    watch.zone(2 * HOUR, null, SUSPECT_MS + 2),
    watch.zone(2 * HOUR, null, SUSPECT_MS + 3),
  ];

  const about = { code: "BROKER_TIME_SUSPECT", subject: eaId("ea-1") };
  const message =
    "Stamps of EA ea-1 contradict its zone of 120 min for 10 min: check the clock of this machine, " +
    "then attach the EA again";
  assert.deepEqual(said, [
    null,
    null,
    { kind: "raise", ...about, message },
    null,
    { kind: "clear", ...about },
    null,
  ]);
});

Deno.test("FeedWatch raises an untrusted feed once and clears it once, whatever it says of the zone", () => {
  const watch = new FeedWatch(eaId("ea-1"));

  const kinds = [true, false, false, true, true, false].map((trusted) => watch.trust(trusted)?.kind ?? null);

  assert.deepEqual(kinds, [null, "raise", null, "clear", null, "raise"]);
});

Deno.test("doubtfulName() tells the operator what to do in either case", () => {
  const maybe = symbolName("EURUSD");

  const messages = (["unknown mark", "second name"] as const).map((why) =>
    doubtfulName("EURUSD.x9", maybe, why)
  );

  assert.deepEqual(messages, [
    {
      kind: "raise",
      code: "SYMBOL_DOUBTFUL",
      subject: "EURUSD.x9",
      message:
        "EURUSD.x9 looks like EURUSD but its mark is not known, its ticks are left out: map it if it is",
    },
    {
      kind: "raise",
      code: "SYMBOL_DOUBTFUL",
      subject: "EURUSD.x9",
      message:
        "EURUSD.x9 is a second name for EURUSD on one EA, its ticks are left out: map one of the two to nothing",
    },
  ]);
});

const TUESDAY = Date.UTC(2026, 6, 7, 10);
const codes = (said: readonly unknown[]) =>
  said.map((each) => `${(each as { kind: string }).kind} ${(each as { code: string }).code}`);

Deno.test("FeedAlarm says nothing within five minutes of its start, and clears what stood before at the first tick", () => {
  const alarm = new FeedAlarm(TUESDAY, 0);

  const early = alarm.look(TUESDAY + FEED_SILENT_MS, {});
  alarm.arrived(TUESDAY + FEED_SILENT_MS);
  alarm.used(TUESDAY + FEED_SILENT_MS);
  const heard = alarm.look(TUESDAY + FEED_SILENT_MS, {});
  const again = alarm.look(TUESDAY + FEED_SILENT_MS + 1, {});

  assert.deepEqual([early, codes(heard), again], [[], ["clear FEED_SILENT", "clear FEED_UNUSED"], []]);
});

Deno.test("FeedAlarm tells silence from ticks of which none can be used, and names why they were left out", () => {
  const alarm = new FeedAlarm(TUESDAY, 0);
  const late = TUESDAY + FEED_SILENT_MS + 1;

  const silent = alarm.look(late, {});
  alarm.arrived(late);
  const unused = alarm.look(late, { unmapped: 12, crossed: 0 });

  assert.deepEqual(codes(silent), ["raise FEED_SILENT", "clear FEED_UNUSED"]);
  assert.deepEqual(codes(unused), ["clear FEED_SILENT", "raise FEED_UNUSED"]);
  assert.match((unused[1] as { message: string }).message, /nothing is scanned: unmapped 12$/);
});

Deno.test("FeedAlarm waits on a scaled clock for what bytes lose on their way", () => {
  const alarm = new FeedAlarm(TUESDAY, 2_000);

  const said = [1, 2_000, 2_001].map((ms) => codes(alarm.look(TUESDAY + FEED_SILENT_MS + ms, {})));

  assert.deepEqual(said, [[], [], ["raise FEED_SILENT", "clear FEED_UNUSED"]]);
});
