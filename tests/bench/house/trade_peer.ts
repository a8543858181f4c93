/**
 * Role `trade`: EAs that tick, and answer each fire with a fill and, a little later, a close without profit.
 *
 * @module
 */
import { type DealerPeer, peers } from "../../../edges/zmq.ts";
import { seededRandom } from "../../../runtime/random.ts";
import { confirmation } from "../../../scripts/sim/ea_answers.ts";
import { object, quoted, type Writer } from "../../../scripts/sim/writer.ts";
import { greetings, momentAt, writerOf } from "./eas.ts";
import { Feed } from "./feed.ts";
import { at, pause, type PeerTerms, sendAll } from "./peer_role.ts";

/** Every symbol of every EA ticks once in this time; its chart ten times. */
const PULSE_MS = 1_000;
const CHART_PULSE_MS = 100;
/** How long a position is held. */
const HELD_MS = 15;
/** Wide enough that a feed always finds a quote it has not just sent. */
const BAND_POINTS = 40;

interface Ea {
  readonly writer: Writer;
  readonly dealer: DealerPeer;
  readonly feeds: readonly Feed[];
  tickets: number;
}

/** A fire as the EA reads it. */
interface FireCommand {
  readonly fire_id: string;
  readonly symbol: string;
  readonly lot: number;
}

/** Runs `eas` EAs until the bench has gone; says each fire that arrives and when. */
export async function trade(terms: PeerTerms): Promise<void> {
  const { ports, symbols, bids, clock, micros, say, told } = terms;
  const telemetry = peers.push({ connect: at(ports.telemetry), sendHighWaterMark: 100_000 });
  const confirm = peers.push({ connect: at(ports.confirm), sendHighWaterMark: 100_000 });
  const { eas: count } = (await told())!;
  const random = seededRandom(1);
  const eas = Array.from({ length: count! }, (_, index): Ea => {
    const writer = writerOf(index, symbols, symbols[0]!);
    const feeds = symbols.map((symbol, each) =>
      new Feed({
        symbol,
        uuid: writer.uuid,
        bid: bids[each]!,
        random: random.fork(),
        bandPoints: BAND_POINTS,
      })
    );
    const dealer = peers.dealer({ connect: at(ports.command), identity: writer.uuid.slice(0, -1) });
    return { writer, dealer, feeds, tickets: 1_000 * (index + 1) };
  });
  const chart = (ea: Ea) => telemetry.send([ea.feeds[0]!.line(clock.nowMs())]);
  const answer = async (ea: Ea, command: FireCommand) => {
    const ticket = ++ea.tickets;
    const price = bids[symbols.indexOf(command.symbol)]!;
    const told = { status: "success", ticket, price, lots: command.lot, message: "Order executed" };
    await confirm.send([confirmation(ea.writer, momentAt(clock.nowMs()), "fire", command.fire_id, told)]);
    await pause(HELD_MS);
    await confirm.send([closed(ea.writer, command, ticket, price)]);
    await chart(ea);
  };
  for (const ea of eas) {
    ea.dealer.start((batch) => {
      const atUs = micros();
      for (const frames of batch) {
        const command = JSON.parse(new TextDecoder().decode(frames.at(-1))) as FireCommand;
        say({ uuid: ea.writer.uuid, fireId: command.fire_id, atUs });
        void answer(ea, command);
      }
    });
    const words = greetings(ea.writer, clock.nowMs());
    for (const text of words.command) await ea.dealer.send([text]);
    await telemetry.send([words.telemetry]);
  }
  const pulse = () =>
    sendAll(telemetry, eas.flatMap(({ feeds }) => feeds.map((feed) => feed.line(clock.nowMs()))));
  for (let second = 0; second < 7; second++) {
    await pulse();
    await pause(1_000);
  }
  const timers = [
    setInterval(pulse, PULSE_MS),
    setInterval(() => eas.forEach((ea) => void chart(ea)), CHART_PULSE_MS),
  ];
  say({ ready: true });
  while (await told() !== null);
  timers.forEach(clearInterval);
  await Promise.all([telemetry, confirm, ...eas.map(({ dealer }) => dealer)].map((socket) => socket.close()));
}

function closed(by: Writer, { fire_id, symbol }: FireCommand, ticket: number, price: number): string {
  return object({
    type: quoted("position_closed"),
    uuid: quoted(by.uuid),
    ticket,
    fire_id: quoted(fire_id),
    symbol: quoted(symbol),
    close_price: price,
    close_reason: quoted("MANUAL"),
    pnl: "0.00",
    duration_minutes: 0,
  });
}
