/**
 * The Telegram edge: sends one message through the Bot API and says what became of it.
 *
 * @module
 */
import { Api, GrammyError, HttpError } from "grammy";
import type { ChatEdge, ChatResult, CircuitBreaker } from "../protocols/ports.ts";

/** How to reach the Bot API. */
export interface TelegramOptions {
  readonly token: string;
  /** Another Bot API server; null: Telegram's own. */
  readonly apiRoot: string | null;
  readonly breaker: CircuitBreaker;
  /** Time for one call, wall ms; default 10,000. */
  readonly timeoutMs?: number;
}

/** Wait before another try after trouble on the way, wall ms. */
const RETRY_MS = 5_000;

/** Errors of a connection that never came to be: nothing was sent. */
const NEVER_LEFT = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|Connection refused|dns error/i;

/** Makes the edge. */
export function telegramEdge(options: TelegramOptions): ChatEdge {
  const api = new Api(options.token, {
    ...(options.apiRoot === null ? {} : { apiRoot: options.apiRoot }),
    timeoutSeconds: (options.timeoutMs ?? 10_000) / 1_000,
  });
  return {
    async send(chatId, text): Promise<ChatResult> {
      if (options.breaker.state === "open") {
        return { kind: "retry", afterMs: RETRY_MS, message: "the circuit to Telegram is open" };
      }
      try {
        const sent = await options.breaker.run(() =>
          api.sendMessage(chatId, text, { link_preview_options: { is_disabled: true } })
        );
        return { kind: "sent", messageId: sent.message_id };
      } catch (error) {
        return classify(error);
      }
    },
  };
}

function classify(error: unknown): ChatResult {
  if (error instanceof GrammyError) return classifyAnswer(error);
  const message = error instanceof HttpError ? String(error.error) : String(error);
  const cause = error instanceof HttpError
    ? `${message} ${String((error.error as { code?: string }).code)}`
    : message;
  if (NEVER_LEFT.test(cause)) return { kind: "retry", afterMs: RETRY_MS, message };
  // The breaker refused between our look at it and the call: nothing left the house.
  if (!(error instanceof HttpError)) return { kind: "retry", afterMs: RETRY_MS, message };
  return { kind: "unanswered", message };
}

function classifyAnswer(error: GrammyError): ChatResult {
  const message = `${error.error_code} ${error.description}`;
  if (error.error_code === 429) {
    return { kind: "retry", afterMs: (error.parameters.retry_after ?? 5) * 1_000, message };
  }
  if (error.error_code >= 500) return { kind: "unanswered", message };
  return { kind: "refused", message };
}
