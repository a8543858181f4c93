/**
 * What an actor is, and what it may do: the whole vocabulary of the runtime's users.
 *
 * An actor is a plain object: `init` makes its state, `handle` takes one message at a time and answers the
 * next state. Everything it may do to others is on its `Context`.
 *
 * @module
 */
import type { Clock, Timer } from "./clock.ts";
import type { Log } from "./log.ts";

/** Answers the message that carries it, once; later calls are dead letters. */
export type Reply<T> = (value: T) => void;

/** How an incarnation ended. */
export type Exit =
  | { readonly kind: "normal" }
  | { readonly kind: "shutdown"; readonly why?: unknown }
  | { readonly kind: "killed" }
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "noproc" };

/** Why an ask failed. `refused`: the mailbox was full. `self`: an actor asked itself, and would have waited for ever. */
export type AskFault = "timeout" | "noproc" | "exit" | "refused" | "self";

/** An ask that got no answer. */
export class AskError extends Error {
  override readonly name = "AskError";
  constructor(readonly code: AskFault, readonly path: string, readonly exit?: Exit) {
    super(`Cannot get an answer from ${path}: ${code}`);
  }
}

/** An address: a path that stays valid across crashes and restarts of who lives there. */
export interface Ref<M> {
  readonly path: string;
  /** Puts a message into the mailbox. False: the mailbox refused it, or nobody lives there (a dead letter). */
  tell(message: M): boolean;
  /**
   * Sends a message that carries a reply and waits for the answer on the runtime clock (default 5,000 ms).
   *
   * @throws {AskError} (as rejection) at the deadline, or at once when the target stops or crashes on it
   */
  ask<T>(make: (reply: Reply<T>) => M, options?: { readonly timeoutMs?: number }): Promise<T>;
}

/** How many messages may wait, and what happens to one more. */
export interface MailboxPolicy {
  /** Whole number >= 1. */
  readonly capacity: number;
  readonly full: "refuse" | "dropOldest" | "dropNewest";
}

/** A running watch on another actor's incarnation. */
export interface Monitor {
  cancel(): void;
}

/** What an actor may do; bound to one incarnation and without effect after it. */
export interface Context<M> {
  readonly self: Ref<M>;
  readonly log: Log;
  /** Aborted when this incarnation is cut off or ends. */
  readonly signal: AbortSignal;
  /** Tells itself `message` after a delay, on the runtime clock unless another is given; dies with the incarnation. */
  after(delayMs: number, message: M, clock?: Clock): Timer;
  /** Tells itself `message` every `periodMs`. */
  every(periodMs: number, message: M, clock?: Clock): Timer;
  /** Hears once how the incarnation now living at `ref` ends, as one of its own messages. */
  monitor(ref: Ref<never>, toMessage: (exit: Exit) => M): Monitor;
  /**
   * Ties this incarnation to the one now living at `ref`: when either ends other than normally, so does the
   * other, in the same way. With `toMessage` it hears of that instead, and lives on. Linking twice is one link.
   */
  link(ref: Ref<never>, toMessage?: (exit: Exit) => M): Monitor;
  /** Turns a finished promise into one of its own messages. */
  pipe<T>(promise: Promise<T>, ok: (value: T) => M, failed: (error: unknown) => M): void;
  /** Tells itself `message` ahead of everything that waits: in `init`, what to go on with before any mail. */
  next(message: M): void;
  /** Tells itself `message` once the root said go; at once when it already has. */
  onGo(message: M): void;
  /**
   * Ends this actor after the handler: normally unless an exit is given.
   *
   * In `init` a normal exit means "not needed": the start counts as done and nobody lives there; any other one
   * fails the start.
   */
  exit(exit?: Exit): void;
  /** Runtime clock, monotonic ms. */
  nowMs(): number;
}

/** One actor: a plain definition. */
export interface Actor<S, M> {
  /** Makes the state; the only recovery path: start and restart are the same. */
  init(context: Context<M>): S | Promise<S>;
  /** Handles one message and answers the next state. A throw stops the actor; its supervisor decides. */
  handle(state: S, message: M, context: Context<M>): S | Promise<S>;
  /** Runs at every end except a kill, within the child's shutdown time. */
  stop?(state: S, exit: Exit, context: Context<M>): void | Promise<void>;
  /** Unbounded when absent. */
  readonly mailbox?: MailboxPolicy;
  /** At its supervisor's order to stop: queued messages are dead letters (`drop`, default) or handled first. */
  readonly onStop?: "drop" | "drain";
}

/** An actor whose state nobody outside needs to know. */
// deno-lint-ignore no-explicit-any
export type AnyActor<M> = Actor<any, M>;
