/**
 * Asking with a deadline on behalf of an HTTP request: an answer, or who did not give one.
 *
 * @module
 */
import type { ApiAnswer, ApiFault } from "../../protocols/http.ts";
import { AskError } from "../../runtime/actor.ts";
import type { Clock } from "../../runtime/clock.ts";

/** Time for one answer, runtime ms. */
export const ANSWER_MS = 2_000;
/** Time for an order that reaches a broker's terminal, or waits for the disk, runtime ms. */
export const ORDER_MS = 10_000;

/** Settles as `promise` does, or rejects when it has not within `limitMs`. For what has no deadline of its own. */
export function within<T>(clock: Clock, promise: Promise<T>, limitMs = ANSWER_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => reject(new Error(`no answer within ${limitMs} ms`)));
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}

/** A yes. */
export function yes<T>(value: T): ApiAnswer<T> {
  return { ok: true, value };
}

/** A no. */
export function no(
  status: ApiFault["status"],
  code: string,
  message: string,
  next: string,
): ApiAnswer<never> {
  return { ok: false, fault: { status, code, message, next } };
}

/** What `view` gives; a 503 naming `who` when it throws. */
export async function shown<T>(who: string, view: () => Promise<T>): Promise<ApiAnswer<T>> {
  try {
    return yes(await view());
  } catch (error) {
    return unanswered(who, error);
  }
}

/**
 * What `give` answers; a 503 when it throws, which says whether the order can have had an effect.
 *
 * @param look where the operator sees what has become of it
 */
export async function ordered<T>(
  who: string,
  look: string,
  give: () => Promise<ApiAnswer<T>>,
): Promise<ApiAnswer<T>> {
  try {
    return await give();
  } catch (error) {
    const never = error instanceof AskError && (error.code === "noproc" || error.code === "refused");
    if (never) return unanswered(who, error);
    const message = `The order was given and ${who} did not confirm it: ${messageOf(error)}.`;
    return no(
      503,
      "UNCERTAIN",
      message,
      `It may have been carried out. Look at ${look} before you repeat it.`,
    );
  }
}

function unanswered(who: string, error: unknown): ApiAnswer<never> {
  const next = "Nothing was changed. See GET /admin/api/tree for its state, and the log for why.";
  return no(503, "UNAVAILABLE", `No answer from ${who}: ${messageOf(error)}.`, next);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
