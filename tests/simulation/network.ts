/**
 * The network of a simulated world: each connection has its delay, keeps its order, and fails as the faults say.
 *
 * @module
 */
import type { Random } from "../../runtime/mod.ts";
import { type FakeNetwork, fakeNetwork, type Travelling } from "../kit/fake_zmq.ts";
import type { Timeline } from "./timeline.ts";

/** What messages meet. */
export interface NetworkWeather {
  strikes(
    kind: "NET_SLOW" | "NET_LOSS" | "NET_DOUBLE" | "NET_REORDER",
    random: Random,
    peer: string,
  ): boolean;
  /** Usual time of a message to or from this peer, ms. */
  travelMs(peer: string): number;
  /** A command of ours that a peer may execute: the wire itself never doubles it. */
  isOnce(travelling: Travelling): boolean;
  left(travelling: Travelling): void;
  arrived(travelling: Travelling): void;
  lost(travelling: Travelling): void;
}

/** One direction of one connection. */
interface Lane {
  readonly random: Random;
  /** When the last message arrives: the next one does not overtake it. */
  lastMs: number;
}

/** Delays and faults for a fake network. */
export class Wires {
  readonly network: FakeNetwork;
  readonly #timeline: Timeline;
  readonly #weather: NetworkWeather;
  readonly #streams: (name: string) => Random;
  readonly #lanes = new Map<string, Lane>();
  readonly #clogs = new Map<string, number>();

  constructor(timeline: Timeline, streams: (name: string) => Random, weather: NetworkWeather) {
    this.#timeline = timeline;
    this.#streams = streams;
    this.#weather = weather;
    this.network = fakeNetwork({ auto: true, path: (travelling, arrive) => this.#carry(travelling, arrive) });
  }

  /** Nothing of this peer moves until then. */
  clog(peer: string, untilMs: number): void {
    this.#clogs.set(peer, untilMs);
  }

  #carry(travelling: Travelling, arrive: () => void): void {
    const weather = this.#weather;
    const lane = this.#lane(travelling);
    weather.left(travelling);
    if (weather.strikes("NET_LOSS", lane.random, travelling.peer)) return weather.lost(travelling);
    const first = this.#arrivalMs(travelling.peer, lane);
    this.#at(first, travelling, arrive);
    if (!weather.isOnce(travelling) && weather.strikes("NET_DOUBLE", lane.random, travelling.peer)) {
      this.#at(first + lane.random.next() * 4_000, travelling, arrive);
    }
  }

  #at(atMs: number, travelling: Travelling, arrive: () => void): void {
    this.#timeline.after(atMs - this.#timeline.nowMs, () => {
      this.#weather.arrived(travelling);
      arrive();
    });
  }

  #arrivalMs(peer: string, lane: Lane): number {
    const weather = this.#weather;
    const slow = weather.strikes("NET_SLOW", lane.random, peer) ? lane.random.next() ** 3 * 30_000 : 0;
    const own = this.#timeline.nowMs +
      weather.travelMs(peer) * (0.7 - Math.log(1 - lane.random.next()) * 0.3);
    const atMs = Math.max(own + slow, this.#clogs.get(peer) ?? 0);
    if (weather.strikes("NET_REORDER", lane.random, peer)) return atMs;
    lane.lastMs = Math.max(atMs, lane.lastMs);
    return lane.lastMs;
  }

  #lane({ peer, port, toServer }: Travelling): Lane {
    const name = `${peer} ${port} ${toServer}`;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      this.#lanes.set(name, lane = { random: this.#streams(`lane ${name}`), lastMs: 0 });
    }
    return lane;
  }
}
