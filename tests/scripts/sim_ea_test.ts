/**
 * The simulated EA, quirk by quirk, without sockets: what v2.05 and v2.06H do with ticks and commands.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Ea, type EaSetup } from "../../scripts/sim/ea.ts";
import type { EaEvent } from "../../scripts/sim/ea_commands.ts";
import { ansiBytes, readNumber, readText, textOf } from "../../scripts/sim/ea_text.ts";
import type { BrokerOptions } from "../../scripts/sim/orders.ts";
import { PaperBroker } from "../../scripts/sim/paper_broker.ts";
import type { MarketTick } from "../../scripts/sim/prices.ts";
import type { Outgoing } from "../../scripts/sim/writer.ts";
import { decodeCommandFrame, decodeConfirmFrame, decodeTelemetryFrame } from "../../protocols/wire/decode.ts";

/** A Wednesday, 11:03:35 UTC: 14:03:35 at a broker of UTC+3. */
const AT = Date.UTC(2026, 8, 9, 11, 3, 35);
const SECOND = 1_000;
const tick = (symbol: string, bid: number, ask: number, atMs: number): MarketTick => ({
  symbol,
  bid,
  ask,
  atMs,
});

interface Bench {
  readonly ea: Ea;
  readonly broker: PaperBroker;
  readonly events: EaEvent[];
  /** One second with a tick of each named symbol; answers what was said. */
  second(number: number, ...symbols: string[]): Outgoing[];
  tell(text: string): void;
}

const PRICES: Readonly<Record<string, readonly [number, number]>> = {
  EURUSD: [1.17602, 1.17603],
  GBPUSD: [1.345, 1.34511],
  XAUUSD: [2_400, 2_400.2],
  USDJPY: [147.5, 147.509],
};

function bench(setup: Partial<EaSetup> = {}, options: Partial<BrokerOptions> = {}): Bench {
  const broker = new PaperBroker({
    symbols: Object.keys(PRICES),
    balance: 1_000,
    currency: "USD",
    leverage: 500,
    commissionPerLot: 0,
    stopOutLevelPercent: 50,
    slippagePointsMax: 0,
    random: () => 0,
    reject: () => null,
    ...options,
  });
  const suffix = setup.suffix ?? ".r";
  const events: EaEvent[] = [];
  const variant = setup.variant ?? "v2.05";
  const writer = {
    uuid: "user_demo_00017",
    nodeId: "NODE_1000001_5512345",
    account: 1_000_001,
    server: "Demo-Server",
    company: "Demo Ltd",
    currency: "USD",
    leverage: 500,
    version: variant === "v2.05" ? "2.05" as const : "2.06H" as const,
    symbols: ["EURUSD", "GBPUSD", "XAUUSD"].map((symbol) => symbol + suffix),
    chartSymbol: `EURUSD${suffix}`,
  };
  const onEvent = (event: EaEvent) => void events.push(event);
  const ea = new Ea(
    { writer, variant, suffix, utcOffsetMs: 3 * 3_600_000, latencyMs: 0, onEvent, ...setup },
    broker,
    AT,
  );
  const second = (number: number, ...symbols: string[]) =>
    ea.second(symbols.map((symbol) => tick(symbol, ...PRICES[symbol]!, AT + number * SECOND)));
  return { ea, broker, events, second, tell: (text) => ea.receive([ansiBytes(text)]) };
}

const FIRE = '{"type":"fire","target_uuid":"user_demo_00017","fire_id":"SIG7Q2-u17","symbol":"EURUSD.r",' +
  '"direction":"BUY","entry":0,"sl":1.17450,"tp":1.17830,"lot":0.09}';
const fire = (from: string, to: string) => {
  assert(FIRE.includes(from), `the fire holds no ${from}`);
  return FIRE.replace(from, to);
};

const decoders = {
  command: decodeCommandFrame,
  telemetry: decodeTelemetryFrame,
  confirm: decodeConfirmFrame,
};

/** What the messages are, in order. */
const kinds = (out: readonly Outgoing[]) => out.map(({ text }) => kindOf(text));
function kindOf(text: string): string {
  const message = JSON.parse(text);
  return message.type === "TICK" ? `TICK ${message.symbol}` : message.type;
}
const of = (out: readonly Outgoing[], type: string) =>
  out.map(({ text }) => JSON.parse(text)).filter((message) => message.type === type);

/** Gives a command to the EA and lets the chart tick once; answers what came on 5558. */
function obeyed(on: Bench, text: string, second = 1): Record<string, unknown>[] {
  on.tell(text);
  return on.second(second, "EURUSD").filter(({ channel }) => channel === "confirm")
    .map((one) => JSON.parse(one.text));
}

/** Opens positions until the last answer, and answers it. */
function ready(setup: Partial<EaSetup> = {}, options: Partial<BrokerOptions> = {}): Bench {
  const on = bench(setup, options);
  on.ea.start([]);
  on.second(0, "EURUSD", "GBPUSD", "XAUUSD");
  return on;
}

Deno.test("EA: HELLO, handshake and DISCONNECT are written as v2.05 writes them", () => {
  const { ea } = bench();

  const said = [...ea.start([]), ...ea.stop()];

  assert.deepEqual(said, [
    {
      channel: "command",
      text:
        '{"type":"HELLO","target_uuid":"user_demo_00017","node_id":"NODE_1000001_5512345","account_login":"1000001",' +
        '"broker":"Demo-Server","company":"Demo Ltd","terminal":"MetaTrader 5","currency":"USD","balance":1000.00,' +
        '"equity":1000.00,"leverage":500,"margin":0.00,"free_margin":1000.00,"margin_level":0.00,"symbols":3,' +
        '"version":"2.05","timestamp":"2026.09.09 14:03:35"}',
    },
    {
      channel: "telemetry",
      text: '{"type":"handshake","deployment_mode":"universal_dealer","node_id":"NODE_1000001_5512345",' +
        '"user_uuid":"user_demo_00017","account":1000001,"broker":"Demo Ltd","server":"Demo-Server",' +
        '"chart_symbol":"EURUSD.r","monitored_symbols":3,"symbol_list":"EURUSD.r,GBPUSD.r,XAUUSD.r",' +
        '"currency":"USD","balance":1000.00,"equity":1000.00,"leverage":500,"version":"2.05",' +
        '"socket_type":"DEALER","timestamp":"2026.09.09 14:03:35"}',
    },
    {
      channel: "telemetry",
      text: '{"type":"DISCONNECT","deployment_mode":"universal_dealer","node_id":"NODE_1000001_5512345",' +
        '"user_uuid":"user_demo_00017","symbols_monitored":3,"ticks_processed":0,"socket_type":"DEALER",' +
        '"timestamp":"2026.09.09 14:03:35"}',
    },
  ]);
});

Deno.test("EA: the chart's symbol arrives twice, the others once, as the wire has it", () => {
  const { ea, second } = bench();
  ea.start([]);

  const out = second(1, "EURUSD", "GBPUSD");

  assert.deepEqual(kinds(out), ["TICK EURUSD.r", "TICK EURUSD.r", "TICK GBPUSD.r"]);
  assert.equal(
    out[0]!.text,
    '{"type":"TICK","node_id":"NODE_1000001_5512345","user_uuid":"user_demo_00017","symbol":"EURUSD.r",' +
      '"bid":1.17602,"ask":1.17603,"spread":1.0,"volume":0,"timestamp":"2026.09.09 14:03:36"}',
  );
  assert.equal(out[0]!.text, out[1]!.text);
});

Deno.test("EA: at most one TICK per second and symbol from each handler", () => {
  const { ea } = bench();
  ea.start([]);
  const at = AT + SECOND;

  const first = ea.second([
    tick("EURUSD", 1.1, 1.2, at),
    tick("EURUSD", 1.11, 1.21, at + 300),
    tick("GBPUSD", 1.3, 1.4, at),
  ]);
  const more = ea.second([tick("EURUSD", 1.12, 1.22, at + 600), tick("GBPUSD", 1.31, 1.41, at + 700)]);

  const prices = (out: readonly Outgoing[]) => of(out, "TICK").map(({ symbol, bid }) => [symbol, bid]);
  assert.deepEqual(prices(first), [["EURUSD.r", 1.1], ["EURUSD.r", 1.11], ["GBPUSD.r", 1.3]]);
  assert.deepEqual(prices(more), []);
});

Deno.test("EA: gold's spread is in points of its two digits", () => {
  const { ea, second } = bench();
  ea.start([]);

  const [gold] = of(second(1, "XAUUSD"), "TICK");

  assert.deepEqual([gold.symbol, gold.bid, gold.spread], ["XAUUSD.r", 2400, 20]);
});

Deno.test("EA: both heartbeats come every 30 s of broker time, and none while nothing ticks", () => {
  const { ea, second } = bench();
  ea.start([]);

  const heard = [10, 29, 30, 45, 59, 60, 400, 410, 430].map((at) =>
    second(at, "GBPUSD").flatMap(({ channel, text }) => {
      const { type } = JSON.parse(text);
      return type.toUpperCase() === "HEARTBEAT" ? [`${type} on ${channel} at ${at}`] : [];
    })
  ).flat();

  assert.deepEqual(
    heard,
    [30, 60, 400, 430].flatMap((at) => [
      `HEARTBEAT on command at ${at}`,
      `heartbeat on telemetry at ${at}`,
    ]),
  );
});

Deno.test("EA: v2.05's HEARTBEAT carries money and chart ticks, no positions, no login", () => {
  const on = ready();
  obeyed(on, FIRE);

  const [beat] = of(on.second(30, "EURUSD"), "HEARTBEAT");

  assert.deepEqual(Object.keys(beat), [
    ..."type target_uuid node_id currency balance equity leverage margin free_margin margin_level".split(" "),
    "ticks_processed",
    "timestamp",
  ]);
  assert.deepEqual([beat.balance, beat.equity, beat.ticks_processed], [1000, 999.91, 3]);
  assert.equal(beat.margin, 21.17);
});

Deno.test("EA: M1 bars of every symbol come each minute with the last completed bar; M5 only on its second", () => {
  const { ea, second } = bench();
  ea.start([]);
  // 14:03:35 + 25 s is 14:04:00.
  for (const at of [1, 10, 25]) second(at, "EURUSD", "GBPUSD");
  const minute = of(second(61, "EURUSD"), "OHLC");
  for (const at of [86, 120]) second(at, "EURUSD");
  const later = of(second(145, "EURUSD"), "OHLC");

  assert.deepEqual(minute.map(({ symbol, timeframe, time }) => [symbol, timeframe, time]), [
    ["EURUSD.r", "M1", Date.UTC(2026, 8, 9, 14, 3) / 1000],
    ["GBPUSD.r", "M1", Date.UTC(2026, 8, 9, 14, 3) / 1000],
  ]);
  assert.deepEqual(later.map(({ timeframe }) => timeframe), ["M1", "M1"]);
});

Deno.test("EA: M5 bars come when the second of the run is a multiple of 300", () => {
  const { ea, second } = bench();
  ea.start([]);
  // 85 s on it is 14:05:00; the run before was at 25 s.
  second(1, "EURUSD");
  second(25, "EURUSD");
  const out = of(second(85, "EURUSD"), "OHLC");

  assert.deepEqual(out.map(({ timeframe, time }) => [timeframe, time]), [
    ["M1", Date.UTC(2026, 8, 9, 14, 4) / 1000],
    ["M5", Date.UTC(2026, 8, 9, 14, 0) / 1000],
  ]);
});

Deno.test("EA: a command is read on a tick of the chart's symbol only, one per tick", () => {
  const on = ready();
  on.tell('{"type":"ping","ping_id":"a"}');
  on.tell('{"type":"ping","ping_id":"b"}');

  const others = on.second(1, "GBPUSD", "XAUUSD");
  const first = on.second(2, "EURUSD");
  const second = on.second(3, "EURUSD");
  const third = on.second(4, "EURUSD");

  const pongs = [others, first, second, third].map((out) => of(out, "pong").map((one) => one.ping_id));
  assert.deepEqual(pongs, [[], ["a"], ["b"], []]);
});

Deno.test("EA: two chart ticks in one second read two commands", () => {
  const { ea } = ready();
  ea.receive([ansiBytes('{"type":"ping","ping_id":"a"}')]);
  ea.receive([ansiBytes('{"type":"ping","ping_id":"b"}')]);
  const at = AT + SECOND;

  const out = ea.second([tick("EURUSD", 1.1, 1.2, at), tick("EURUSD", 1.11, 1.21, at + 500)]);

  assert.deepEqual(of(out, "pong").map((one) => one.ping_id), ["a", "b"]);
});

Deno.test("EA: an empty delimiter frame costs a tick", () => {
  const on = ready();
  on.ea.receive([new Uint8Array(), ansiBytes('{"type":"ping","ping_id":"a"}')]);

  const [first, second] = [on.second(1, "EURUSD"), on.second(2, "EURUSD")];

  assert.deepEqual([of(first, "pong").length, of(second, "pong").length], [0, 1]);
  assert.deepEqual(of(first, "confirmation"), []);
});

Deno.test("EA: a fire is filled at the ask and confirmed as v2.05 does", () => {
  const on = ready();
  on.tell(FIRE);

  const confirm = on.second(1, "EURUSD").filter(({ channel }) => channel === "confirm");

  assert.deepEqual(confirm.map(({ text }) => text), [
    '{"type":"confirmation","command_type":"fire","fire_id":"SIG7Q2-u17","node_id":"NODE_1000001_5512345",' +
    '"user_uuid":"user_demo_00017","status":"success","ticket":20813351,"price":1.17603,"lot":0.09,' +
    '"message":"ok","account":1000001,"currency":"USD","balance":1000.00,"equity":999.91,"free_margin":978.74,' +
    '"margin_level":4723.59,"timestamp":"2026.09.09 14:03:36"}',
  ]);
  const [position] = on.broker.positions;
  assert.deepEqual([position!.stopLoss, position!.takeProfit, position!.comment], [
    1.1745,
    1.1783,
    "SIG7Q2-u17",
  ]);
});

Deno.test("EA: the same fire twice opens two positions", () => {
  const on = ready();

  obeyed(on, FIRE, 1);
  obeyed(on, FIRE, 2);

  assert.deepEqual(on.broker.positions.map((one) => one.comment), ["SIG7Q2-u17", "SIG7Q2-u17"]);
});

Deno.test("EA: BUY and buy are BUY; Buy, LONG and everything else is SELL", () => {
  const words = ["BUY", "buy", "Buy", "LONG", "SELL", "bUY"];
  const opened = words.map((word) => {
    const on = ready();
    obeyed(on, fire('"BUY"', `"${word}"`).replace('"sl":1.17450,"tp":1.17830', '"sl":0,"tp":0'));
    return on.broker.positions[0]?.direction;
  });

  assert.deepEqual(opened, ["BUY", "BUY", "SELL", "SELL", "SELL", "SELL"]);
});

Deno.test("EA: side stands in for direction; without either, entry 0 is BUY and else the nearer price decides", () => {
  const texts = ['"side":"SELL","entry":0', '"entry":0', '"entry":1.17602', '"entry":1.17603'];
  const opened = texts.map((text) => {
    const on = ready();
    obeyed(
      on,
      fire('"direction":"BUY","entry":0', text).replace('"sl":1.17450,"tp":1.17830', '"sl":0,"tp":0'),
    );
    return on.broker.positions[0]?.direction;
  });

  assert.deepEqual(opened, ["SELL", "BUY", "SELL", "BUY"]);
});

Deno.test("EA: a level on the wrong side is dropped without a word, and the trade opens without it", () => {
  const on = ready();

  const [buy] = obeyed(on, fire('"sl":1.17450,"tp":1.17830', '"sl":1.18000,"tp":1.17000'), 1);
  const [sell] = obeyed(on, fire('"BUY"', '"SELL"'), 2);

  assert.deepEqual([buy!.status, sell!.status], ["success", "success"]);
  assert.deepEqual(on.broker.positions.map((one) => [one.direction, one.stopLoss, one.takeProfit]), [
    ["BUY", 0, 0],
    ["SELL", 0, 0],
  ]);
});

Deno.test("EA: a lot of 0 or less becomes 0.01; one off the step is refused with 10014", () => {
  const on = ready();

  const answers = ['"lot":0', '"lot":-1', '"lot":0.0944'].map((lot, index) =>
    obeyed(on, fire('"lot":0.09', lot), index + 1)[0]!
  );

  assert.deepEqual(answers.map(({ status, lot, ticket }) => [status, lot, ticket]), [
    ["success", 0.01, 20_813_351],
    ["success", 0.01, 20_813_352],
    ["failed", 0.09, 0],
  ]);
  assert.equal(answers[2]!.message, "Trade failed - Error: 4756 Result: 10014");
});

Deno.test("EA: stops too near the price come back with 10016 and a hint", () => {
  const [answer] = obeyed(ready(), fire('"sl":1.17450', '"sl":1.17590'));

  assert.deepEqual([answer!.status, answer!.price, answer!.message], [
    "failed",
    0,
    "Trade failed - Error: 4756 Result: 10016 (invalid stops: check the distance)",
  ]);
});

Deno.test("EA: an unknown name and one without quotes are refused by name", () => {
  const on = ready();

  const answers = ["EURUSD", "EURUSD.x", "EURNOK.r", "USDJPY.r"].map((name, index) =>
    obeyed(on, fire("EURUSD.r", name), index + 1)[0]!.message
  );

  assert.deepEqual(answers, [
    "Symbol not available: EURUSD",
    "Symbol not available: EURUSD.x",
    "Symbol not available: EURNOK.r",
    "No quotes for USDJPY.r",
  ]);
});

Deno.test("EA: a command for another uuid is dropped without a word, one without uuid is obeyed", () => {
  const on = ready();

  const foreign = obeyed(on, fire("user_demo_00017", "user_demo_00018"), 1);
  const nobody = obeyed(on, fire('"target_uuid":"user_demo_00017",', ""), 2);

  assert.deepEqual([foreign.length, nobody.length], [0, 1]);
});

Deno.test("EA: whatever it does not know is a failed confirmation of type unknown", () => {
  const on = ready();

  const answers = ['{"type":"WELCOME"}', '{"cmd":"CLOSE","ticket":1}', "garbage"].map((text, index) =>
    obeyed(on, text, index + 1)[0]!
  );

  assert.deepEqual(
    answers.map(({ command_type, fire_id, status, message }) => [command_type, fire_id, status, message]),
    [
      ["unknown", "", "failed", "Unknown command type: WELCOME"],
      ["unknown", "", "failed", "Unknown command type: "],
      ["unknown", "", "failed", "Unknown command type: "],
    ],
  );
});

Deno.test("EA: the first key wins wherever it stands, and a space before the colon hides it", () => {
  const nested = '{"meta":{"lot":0.05,"type":"ping"},"type":"fire","lot":0.09, "ping_id":"n"}';
  const spaced = '{"type":"fire","lot" :0.09,"sl":  1.5, "tp":\t"1.25"}';

  assert.deepEqual([readText(nested, "type"), readNumber(nested, "lot")], ["ping", 0.05]);
  assert.deepEqual(["lot", "sl", "tp"].map((key) => readNumber(spaced, key)), [0, 1.5, 1.25]);
  assert.deepEqual(["1e-2", "-3", "0.10", "x", ""].map((value) => readNumber(`{"lot":${value}}`, "lot")), [
    1,
    -3,
    0.1,
    0,
    0,
  ]);
});

Deno.test("EA: a command longer than 4,096 bytes is cut", () => {
  const long = fire('"lot":0.09', `"note":"${"x".repeat(4_096)}","lot":0.09`);
  const on = ready();

  assert.equal(textOf(ansiBytes(long)).length, 4_096);
  assert.equal(obeyed(on, long)[0]!.lot, 0.01);
});

Deno.test("EA: v2.05 is silent when SL or TP closes a position; only the money shows it", () => {
  const on = ready();
  obeyed(on, FIRE);

  const out = on.ea.second([tick("EURUSD", 1.1744, 1.17441, AT + 2 * SECOND)]);

  assert.deepEqual(kinds(out), ["TICK EURUSD.r", "TICK EURUSD.r"]);
  assert.deepEqual([on.broker.positions, on.broker.account.balance], [[], 985.33]);
  assert.deepEqual(on.events.map((event) => event.kind), ["command", "fill", "close"]);
});

Deno.test("EA: close_ticket closes that ticket; unknown and invalid ones are failed confirmations", () => {
  const on = ready();
  obeyed(on, FIRE);

  const answers = [20_813_351, 20_813_351, 0].map((ticket, index) =>
    obeyed(on, `{"type":"close_ticket","target_uuid":"user_demo_00017","ticket":${ticket}}`, index + 2)
  );

  const told = answers.map((list) =>
    list.map((
      { type, status, ticket, close_price, lot, message },
    ) => [type, status, ticket, close_price, lot, message])
  );
  assert.deepEqual(told, [
    [["close_confirmation", "success", 20_813_351, 0, 0.09, "Position closed"]],
    [["close_confirmation", "failed", 20_813_351, 0, 0, "Position not found: 20813351"]],
    [["close_confirmation", "failed", 0, 0, 0, "Invalid ticket: 0"]],
  ]);
  assert.equal("fire_id" in answers[0]![0]!, false);
});

Deno.test("EA: close_all closes everything and counts it in the message", () => {
  const on = ready();
  obeyed(on, FIRE, 1);
  obeyed(on, FIRE, 2);

  const [answer] = obeyed(on, '{"type":"close_all"}', 3);

  assert.deepEqual([answer!.status, answer!.ticket, answer!.lot, answer!.message], [
    "success",
    0,
    0.18,
    "Closed 2 positions, 0 failed, Total volume: 0.18",
  ]);
  assert.deepEqual(on.broker.positions, []);
});

Deno.test("EA: pong answers on 5558 with the ping's id", () => {
  const [pong] = obeyed(ready(), '{"type":"ping","target_uuid":"user_demo_00017","ping_id":"p-1"}');

  assert.deepEqual(pong, {
    type: "pong",
    ping_id: "p-1",
    node_id: "NODE_1000001_5512345",
    user_uuid: "user_demo_00017",
    timestamp: "2026.09.09 14:03:36",
  });
});

Deno.test("EA: hybrid opens three legs of which the last has no target; a space in the text hides it", () => {
  const gold = '{"type":"fire","fire_id":"H1","symbol":"XAUUSD.r","direction":"BUY","entry":0,"sl":2390.00,' +
    '"tp":2420.00,"lot":0.08,"hybrid":{"enabled":true,"partial1":{"trigger":30,"percent":75},' +
    '"partial2":{"trigger":50,"percent":25},"trail":{"distance":8}}}';
  const [three, one] = [ready(), ready()];

  const [answer] = obeyed(three, gold);
  obeyed(one, gold.replace('"hybrid":{', '"hybrid": {'));

  assert.deepEqual([answer!.status, answer!.message, answer!.lot, answer!.price], [
    "success",
    "HYBRID: 3/3 positions opened",
    0.08,
    2400.2,
  ]);
  assert.deepEqual(
    three.broker.positions.map(({ lots, takeProfit, comment }) => [lots, takeProfit, comment]),
    [
      [0.02, 2403.2, "H1_TP1"],
      [0.02, 2405.2, "H1_TP2"],
      [0.04, 0, "H1_TRAIL"],
    ],
  );
  assert.deepEqual(one.broker.positions.map(({ lots, takeProfit }) => [lots, takeProfit]), [[0.08, 2420]]);
});

Deno.test("EA: the answer of a slow broker comes later, and the thread stands still until then", () => {
  const on = ready({ latencyMs: 2_500 });
  on.tell(FIRE);
  on.tell('{"type":"ping","ping_id":"a"}');

  const seconds = [1, 2, 3, 4, 5].map((number) => kinds(on.second(number, "EURUSD", "GBPUSD")));

  assert.deepEqual(seconds, [
    ["TICK EURUSD.r"],
    [],
    [],
    ["confirmation", "TICK EURUSD.r", "pong", "TICK EURUSD.r", "TICK GBPUSD.r", "TICK XAUUSD.r"],
    ["TICK EURUSD.r", "TICK EURUSD.r", "TICK GBPUSD.r"],
  ]);
});

Deno.test("EA: what passes while its thread is blocked is lost to it, but not to its broker", () => {
  const on = ready();
  obeyed(on, FIRE);

  const said = on.ea.absorb([tick("EURUSD", 1.1744, 1.17441, AT + 2 * SECOND)]);
  const after = on.second(3, "GBPUSD");

  assert.deepEqual([said, on.broker.positions], [[], []]);
  assert.deepEqual(kinds(after), ["TICK EURUSD.r", "TICK GBPUSD.r"]);
});

Deno.test("EA: started over a weekend it says Friday's time and sends the last quotes once", () => {
  const friday = Date.UTC(2026, 8, 11, 20, 59, 58);
  const on = bench();

  const out = on.ea.start([
    tick("EURUSD", 1.17602, 1.17603, friday),
    tick("GBPUSD", 1.345, 1.3451, friday - SECOND),
  ]);

  assert.deepEqual(kinds(out), ["HELLO", "handshake", "TICK EURUSD.r", "TICK GBPUSD.r"]);
  assert.deepEqual(out.map(({ text }) => JSON.parse(text).timestamp), [
    "2026.09.11 23:59:58",
    "2026.09.11 23:59:58",
    "2026.09.11 23:59:58",
    "2026.09.11 23:59:57",
  ]);
});

Deno.test("v2.06H: HEARTBEAT lists positions, with the comment as fire_id and broker time in ts", () => {
  const on = ready({ variant: "v2.06H" });
  obeyed(on, FIRE);

  const [beat] = of(on.second(30, "EURUSD"), "HEARTBEAT");

  assert.equal(beat.ts, Date.UTC(2026, 8, 9, 14, 4, 5) / 1000);
  assert.deepEqual([beat.open_positions, beat.account_login], [1, "1000001"]);
  assert.deepEqual(beat.positions, [{
    ticket: 20_813_351,
    fire_id: "SIG7Q2-u17",
    symbol: "EURUSD.r",
    direction: "BUY",
    open_price: 1.17603,
    current_price: 1.17602,
    volume: 0.09,
    pnl: -0.09,
  }]);
});

Deno.test("v2.06H: a position that closes is told on 5558 with its reason, by levels, by command, by stop-out", () => {
  const on = ready({ variant: "v2.06H" });
  obeyed(on, FIRE, 1);
  obeyed(on, FIRE, 2);

  const byCommand = obeyed(on, '{"type":"close_ticket","ticket":20813352}', 3);
  const byLevel = on.ea.second([tick("EURUSD", 1.1784, 1.17841, AT + 1_861 * SECOND)]);

  assert.deepEqual(byCommand.map(({ type, close_reason }) => [type, close_reason]), [
    ["close_confirmation", undefined],
    ["position_closed", "MANUAL"],
  ]);
  assert.deepEqual(of(byLevel, "position_closed"), [{
    type: "position_closed",
    uuid: "user_demo_00017",
    ticket: 20_813_351,
    fire_id: "SIG7Q2-u17",
    symbol: "EURUSD.r",
    direction: "BUY",
    close_price: 1.1783,
    close_reason: "TP_HIT",
    pnl: 20.43,
    duration_minutes: 31,
  }]);
});

Deno.test("v2.06H: the eleventh position and an opposite one are refused with their status", () => {
  const on = ready({ variant: "v2.06H" }, { balance: 100_000 });

  const [hedge] = [obeyed(on, FIRE, 1), obeyed(on, fire('"BUY"', '"SELL"'), 2)][1]!;
  for (let number = 2; number <= 10; number++) obeyed(on, FIRE, number + 1);
  const [eleventh] = obeyed(on, FIRE, 20);

  assert.deepEqual([hedge!.status, hedge!.message], ["HEDGE_BLOCKED", "opposite EURUSD position open"]);
  assert.deepEqual([eleventh!.status, eleventh!.message, eleventh!.ticket], [
    "MAX_POSITIONS",
    "10/10 positions open",
    0,
  ]);
  assert.equal(on.broker.positions.length, 10);
});

Deno.test("EA: texts are written unescaped in the ANSI code page, broken JSON and all", () => {
  const on = bench();
  const setup = { uuid: "user_demo_00017", company: 'Börse & "Söhne"' };
  const writer = { ...setup, nodeId: "N", account: 1, server: "S", currency: "USD", leverage: 1 };
  const ea = new Ea(
    {
      writer: { ...writer, version: "2.05", symbols: ["EURUSD"], chartSymbol: "EURUSD" },
      variant: "v2.05",
      suffix: "",
      utcOffsetMs: 0,
      latencyMs: 0,
      onEvent: () => {},
    },
    on.broker,
    AT,
  );

  const bytes = ansiBytes(ea.start([])[0]!.text);

  assert(bytes.includes(0xf6), "ö is one byte");
  assert.throws(() => JSON.parse(new TextDecoder("latin1").decode(bytes)), SyntaxError);
});

Deno.test("EA: everything it says is understood by the house", () => {
  for (const variant of ["v2.05", "v2.06H"] as const) {
    const on = ready({ variant });
    const said = [...on.ea.start([]), ...on.second(1, "EURUSD", "GBPUSD", "XAUUSD")];
    const commands = [FIRE, '{"type":"ping","ping_id":"p"}', '{"type":"nonsense"}', '{"type":"close_all"}'];
    commands.forEach((command, index) => {
      on.tell(command);
      said.push(...on.second(40 + 35 * index, "EURUSD"));
    });
    said.push(...on.ea.stop());

    const faults = said.flatMap(({ channel, text }) => {
      const identity = channel === "command" ? [ansiBytes("user_demo_0001")] : [];
      const decoded = decoders[channel]([...identity, ansiBytes(text)]);
      return decoded.ok && !decoded.repaired ? [] : [`${channel}: ${text}`];
    });
    assert.deepEqual(faults, []);
    assert(said.length > 20, `${said.length} messages`);
  }
});
