/**
 * Feed conditions: each trouble said once, with what to do about it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { doubtfulName, FeedWatch, SUSPECT_MS } from "../../domain/feed_conditions.ts";
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
