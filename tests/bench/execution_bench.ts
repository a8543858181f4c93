/**
 * Execution: what one decision, one tick and one heartbeat of an EA with ten positions cost.
 *
 * Load: 500 users decide on 5 signals an hour; 500 EAs send 20 ticks a second and a heartbeat every 30 s. Budget on
 * one core: 100 µs a decision, 5 µs a tick, 5 ms a heartbeat that has to be solved.
 *
 * @module
 */
import { decide } from "../../domain/autofire.ts";
import { type Candidate, inferCloses } from "../../domain/close_inference.ts";
import { hearTick } from "../../domain/slot.ts";
import { fireId, symbolName } from "../../protocols/units.ts";
import { makeContext } from "../kit/decisions.ts";
import { makeFire } from "../kit/records.ts";
import { eaTick, filledFire, moment, NOW, readyLedger } from "../kit/slots.ts";

const SYMBOLS = "EURUSD GBPUSD AUDUSD NZDUSD USDCAD USDCHF USDJPY EURGBP EURJPY GBPJPY".split(" ");
const ID = fireId("F1");

const free = makeContext();
const busy = makeContext({
  fires: Array.from(
    { length: 200 },
    (_, nth) =>
      makeFire({ id: fireId(`old${nth}`), signalId: `s${nth}` as never, status: "closed", closedAtMs: nth }),
  ),
});
const ten = readyLedger(
  SYMBOLS.map((name, nth) =>
    filledFire({ id: fireId(`F${nth}`), symbol: symbolName(name), ticket: nth + 1 })
  ),
);
const inside = eaTick(1.0999, NOW + 5_000);
const elsewhere = eaTick(3_400, NOW + 5_000, { symbol: symbolName("XAUUSD") });
const watched = hearTick(ten, inside, "EURUSD.r", moment(NOW + 5_000)).ledger;

const open: readonly Candidate[] = SYMBOLS.map((name, nth) => ({
  id: fireId(name),
  margin: 100 * (nth + 1),
  included: true,
  touched: nth < 5,
  result: { low: -50 * (nth + 1), high: -50 * (nth + 1) },
  commission: 1,
  seasoned: true,
  maybe: false,
}));
const bound = open.reduce((sum, each) => sum + each.margin!, 0);

Deno.bench(
  "decide(): every gate passes, nothing before",
  { group: "one signal, one user", baseline: true },
  () => {
    decide(free, ID);
  },
);

Deno.bench("decide(): 200 earlier fires", { group: "one signal, one user" }, () => {
  decide(busy, ID);
});

Deno.bench("hearTick(): another symbol", { group: "one tick, ten positions", baseline: true }, () => {
  hearTick(watched, elsewhere, "GOLD", moment(NOW + 5_000));
});

Deno.bench(
  "hearTick(): the chart's symbol, open, nothing crossed",
  { group: "one tick, ten positions" },
  () => {
    hearTick(watched, inside, "EURUSD.r", moment(NOW + 5_000));
  },
);

Deno.bench("inferCloses(): nothing closed", { group: "one heartbeat, ten positions", baseline: true }, () => {
  inferCloses({ margin: bound, balance: 10_000 }, { margin: bound, balance: 10_000 }, open);
});

Deno.bench("inferCloses(): one of five crossed closed", { group: "one heartbeat, ten positions" }, () => {
  inferCloses({ margin: bound, balance: 10_000 }, { margin: bound - 300, balance: 9_850 }, open);
});
