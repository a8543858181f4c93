/**
 * Role `ping`: pushes ticks at a moderate pace and sees each of them again on the relay port.
 *
 * @module
 */
import { peers } from "../../../edges/zmq.ts";
import { seededRandom } from "../../../runtime/random.ts";
import { uuidOf } from "./eas.ts";
import { Feed } from "./feed.ts";
import { at, pause, type PeerTerms, sendAll } from "./peer_role.ts";

/** The zone of an EA is believed after 5 s at the pace of time. */
const PRELUDE_SECONDS = 7;

/** Sends `count` ticks at `perSecond`, and answers when each was sent and seen. */
export async function ping(terms: PeerTerms): Promise<void> {
  const { ports, symbols, bids, clock, micros, say, told } = terms;
  const push = peers.push({ connect: at(ports.telemetry), sendHighWaterMark: 100_000 });
  const sub = peers.sub({ connect: at(ports.relay), topics: [""] });
  const random = seededRandom(1);
  const feeds = symbols.map((symbol, index) =>
    new Feed({ symbol, uuid: uuidOf(0), bid: bids[index]!, random: random.fork() })
  );
  for (let second = 0; second < PRELUDE_SECONDS; second++) {
    await sendAll(push, feeds.map((feed) => feed.line(clock.nowMs())));
    await pause(1_000);
  }
  say({ ready: true });
  const { count, perSecond } = (await told())!;
  const sentAtUs = new Float64Array(count!);
  const seenAtUs = new Float64Array(count!);
  let seen = 0;
  const decoder = new TextDecoder("latin1");
  sub.start((batch) => {
    const nowUs = micros();
    for (const frames of batch) {
      const number = /"n":(\d+)}$/.exec(decoder.decode(frames[0]))?.[1];
      if (number === undefined) continue;
      seenAtUs[Number(number)] = nowUs;
      seen++;
    }
  });
  const encoder = new TextEncoder();
  const beganUs = micros();
  for (let number = 0; number < count!;) {
    const dueUs = beganUs + number / perSecond! * 1e6;
    if (micros() < dueUs) {
      await pause(1);
      continue;
    }
    const bytes = encoder.encode(feeds[number % feeds.length]!.line(clock.nowMs(), `,"n":${number}`));
    sentAtUs[number] = micros();
    await push.send([bytes]);
    number++;
  }
  for (let tries = 0; seen < count! && tries < 200; tries++) await pause(10);
  say({ seen, sentAtUs: [...sentAtUs], seenAtUs: [...seenAtUs] });
  await told();
  await push.close();
  await sub.close();
}
