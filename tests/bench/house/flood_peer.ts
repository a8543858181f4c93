/**
 * Role `flood`: one EA per symbol, as many ticks as the house takes, or as many a second as it is told.
 *
 * @module
 */
import { peers, type PushPeer } from "../../../edges/zmq.ts";
import { seededRandom } from "../../../runtime/random.ts";
import { greetings, uuidOf, writerOf } from "./eas.ts";
import { Feed } from "./feed.ts";
import { at, pause, type PeerTerms, sendAll } from "./peer_role.ts";
import { workedMs } from "./machine.ts";

const PRELUDE_SECONDS = 7;
/** Ticks made and sent at a time. */
const BATCH = 256;

/** Sends `count` ticks, `perSecond` or (0) as fast as they are taken, as often as it is told to. */
export async function flood(terms: PeerTerms): Promise<void> {
  const { ports, symbols, bids, clock, say, told } = terms;
  const push = peers.push({ connect: at(ports.telemetry), sendHighWaterMark: 20_000 });
  const dealers = symbols.map((_, index) =>
    peers.dealer({ connect: at(ports.command), identity: uuidOf(index).slice(0, -1) })
  );
  const random = seededRandom(1);
  const feeds = symbols.map((symbol, index) =>
    new Feed({ symbol, uuid: uuidOf(index), bid: bids[index]!, random: random.fork() })
  );
  for (const [index, symbol] of symbols.entries()) {
    const { command, telemetry } = greetings(writerOf(index, [symbol], symbol), clock.nowMs());
    for (const text of command) await dealers[index]!.send([text]);
    await push.send([telemetry]);
  }
  for (let second = 0; second < PRELUDE_SECONDS; second++) await round(push, feeds, clock.nowMs());
  say({ ready: true });
  for (let order = await told(); order !== null; order = await told()) {
    const worked = workedMs();
    const beganMs = performance.now();
    let waits = 0;
    for (let sent = 0; sent < order.count!;) {
      const dueMs = order.perSecond! > 0 ? beganMs + sent / order.perSecond! * 1_000 : 0;
      if (performance.now() < dueMs) {
        await pause(1);
        continue;
      }
      const nowMs = clock.nowMs();
      const size = Math.min(BATCH, order.count! - sent);
      waits += await sendAll(
        push,
        Array.from({ length: size }, (_, index) => feeds[(sent + index) % feeds.length]!.line(nowMs)),
      );
      sent += size;
    }
    say({ ms: performance.now() - beganMs, waits, peerCpuMs: workedMs().all - worked.all });
  }
  await Promise.all([push, ...dealers].map((socket) => socket.close()));
}

async function round(push: PushPeer, feeds: readonly Feed[], nowMs: number): Promise<void> {
  await sendAll(push, feeds.map((feed) => feed.line(nowMs)));
  await pause(1_000);
}
