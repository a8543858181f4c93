/**
 * The far side of Telegram in a simulated world: what reached the chats, and what their answers were.
 *
 * @module
 */
import { REPEAT_NOTE } from "../../domain/alert.ts";
import type { ChatEdge, ChatResult } from "../../protocols/ports.ts";
import type { Random } from "../../runtime/mod.ts";
import type { Breath, Timeline } from "./timeline.ts";

/** What the chats of a world meet. */
export interface ChatWeather {
  /** Whether Telegram is out of reach now. */
  down(): boolean;
  /** Whether this message is refused for now (429, 5xx). */
  refuses(): boolean;
  /** Whether the answer to this message is lost. */
  losesAnswer(): boolean;
}

/** How often one text reached one chat. */
export interface Delivery {
  readonly chatId: string;
  readonly text: string;
  /** Without the note that says it may be a repeat. */
  plain: number;
  noted: number;
}

/** All chats of a world. */
export class Chats {
  readonly deliveries = new Map<string, Delivery>();
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #weather: ChatWeather;
  #messages = 0;

  constructor(timeline: Timeline, random: Random, weather: ChatWeather) {
    this.#timeline = timeline;
    this.#random = random;
    this.#weather = weather;
  }

  /** The edge of one process. */
  edge(breath: Breath): ChatEdge {
    return {
      send: (chatId, text) =>
        new Promise((resolve) => {
          const slowMs = this.#random.chance(0.1) ? this.#random.next() * 15_000 : 0;
          const halfMs = 10 + this.#random.next() * 150 + slowMs / 2;
          // What a process had not sent when it died never arrives; what had arrived has, though nobody hears of it.
          this.#after(halfMs, breath, () => {
            const result = this.#meet(chatId, text);
            this.#after(halfMs, breath, () => resolve(result));
          });
        }),
    };
  }

  #after(delayMs: number, breath: Breath, run: () => void): void {
    this.#timeline.after(delayMs, () => {
      if (breath.alive) run();
    });
  }

  #meet(chatId: string, text: string): ChatResult {
    if (this.#weather.down()) return { kind: "retry", afterMs: 0, message: "connection refused" };
    if (this.#weather.refuses()) return { kind: "retry", afterMs: 2_000, message: "429: Too Many Requests" };
    this.#receive(chatId, text);
    return this.#weather.losesAnswer()
      ? { kind: "unanswered", message: "the connection ended" }
      : { kind: "sent", messageId: ++this.#messages };
  }

  #receive(chatId: string, text: string): void {
    const noted = text.startsWith(`${REPEAT_NOTE}\n`);
    const plain = noted ? text.slice(REPEAT_NOTE.length + 1) : text;
    const key = `${chatId}\n${plain}`;
    const delivery = this.deliveries.get(key) ?? { chatId, text: plain, plain: 0, noted: 0 };
    if (noted) delivery.noted++;
    else delivery.plain++;
    this.deliveries.set(key, delivery);
  }
}
