/**
 * A small Bot API over real HTTP: keeps what it was sent, and misbehaves by script.
 *
 * @module
 */

/** What the next call meets. `lost`: the message arrives, its answer is cut off. */
export type BotBehaviour =
  | { readonly kind: "ok" }
  | {
    readonly kind: "error";
    readonly code: number;
    readonly description: string;
    readonly retryAfter?: number;
  }
  | { readonly kind: "lost" };

/** A running fake. */
export interface FakeBotApi {
  readonly root: string;
  /** Texts as they arrived, with their chat. */
  readonly received: { readonly chatId: string; readonly text: string }[];
  /** Behaviours of the next calls; `ok` when empty. */
  readonly script: BotBehaviour[];
  close(): Promise<void>;
}

/** Starts a fake Bot API that knows one token. */
export function fakeBotApi(token: string): FakeBotApi {
  const received: { chatId: string; text: string }[] = [];
  const script: BotBehaviour[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const path = new URL(request.url).pathname;
    if (path !== `/bot${token}/sendMessage`) return answerError(404, "Not Found");
    const body = await request.json() as { chat_id: string; text: string };
    const behaviour = script.shift() ?? { kind: "ok" };
    if (behaviour.kind === "error") {
      return answerError(behaviour.code, behaviour.description, behaviour.retryAfter);
    }
    received.push({ chatId: String(body.chat_id), text: body.text });
    if (behaviour.kind === "lost") return new Response('{"ok":');
    return Response.json({
      ok: true,
      result: {
        message_id: received.length,
        date: 0,
        chat: { id: 1, type: "group", title: "t" },
        text: body.text,
      },
    });
  });
  return { root: `http://127.0.0.1:${server.addr.port}`, received, script, close: () => server.shutdown() };
}

function answerError(code: number, description: string, retryAfter?: number): Response {
  const parameters = retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } };
  return Response.json({ ok: false, error_code: code, description, ...parameters }, { status: code });
}
