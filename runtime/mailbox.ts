/**
 * A mailbox: what waits for one actor, and what happens to one message too many.
 *
 * @module
 */
import type { MailboxPolicy } from "./actor.ts";
import { Ask } from "./ask.ts";
import { Envelope, type Own } from "./envelope.ts";
import { Ring } from "./ring.ts";

/** Larger than any queue, and small enough to stay a machine integer. */
const UNBOUNDED = 0x3fffffff;

/** What became of a message: taken, or turned away; or an older one made room. */
export type Offer =
  | { readonly kind: "taken" }
  | { readonly kind: "refused" | "droppedNewest" }
  | { readonly kind: "droppedOldest"; readonly victim: unknown };

const taken: Offer = { kind: "taken" };
const refused: Offer = { kind: "refused" };
const droppedNewest: Offer = { kind: "droppedNewest" };

/** @throws {RangeError} when the capacity is not a whole number >= 1 */
export function checkPolicy(policy: MailboxPolicy | undefined): void {
  if (policy === undefined || (Number.isInteger(policy.capacity) && policy.capacity >= 1)) return;
  throw new RangeError(
    `Cannot bound the mailbox as capacity must be a whole number >= 1: current value is ${policy.capacity}`,
  );
}

/** A bound holds for messages from others; the actor's own timers, notices and results are never refused. */
export class Mailbox extends Ring<unknown> {
  /** At this size a message needs a closer look. */
  limit = UNBOUNDED;
  /** How many of the actor's own messages are in it. */
  #own = 0;
  #full: MailboxPolicy["full"] = "refuse";

  /** Puts one of the actor's own messages in, however full it is. */
  pushOwn(own: Own, first = false): void {
    own.waiting = true;
    this.#own++;
    if (first) this.unshift(own);
    else this.push(own);
  }

  /** Notes that one of the actor's own messages was taken out. */
  tookOwn(own: Own): void {
    own.waiting = false;
    this.#own--;
  }

  /** Puts a checked policy in force. */
  bound(policy: MailboxPolicy | undefined): void {
    this.limit = policy?.capacity ?? UNBOUNDED;
    this.#full = policy?.full ?? "refuse";
  }

  /** Puts a message from another in, by the policy. */
  offer(message: unknown): Offer {
    if (this.size - this.#own < this.limit) {
      this.push(message);
      return taken;
    }
    if (this.#full === "refuse") return refused;
    if (this.#full === "dropNewest") return droppedNewest;
    const victim = this.removeAt(this.#oldestStranger());
    this.push(message);
    return { kind: "droppedOldest", victim };
  }

  #oldestStranger(): number {
    let place = 0;
    while (!isStranger(this.at(place))) place++;
    return place;
  }
}

/** True for what others sent, bare or as an ask. */
function isStranger(item: unknown): boolean {
  return !(item instanceof Envelope) || item instanceof Ask;
}
