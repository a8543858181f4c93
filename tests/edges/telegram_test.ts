/**
 * The Telegram edge against a Bot API over real HTTP.
 *
 * @module
 */
import assert from "node:assert/strict";
import { telegramEdge } from "../../edges/telegram.ts";
import type { CircuitBreaker } from "../../protocols/ports.ts";
import { type FakeBotApi, fakeBotApi } from "../kit/fake_bot_api.ts";

const TOKEN = "123456:test-token";
const closed: CircuitBreaker = { run: (work) => work(), state: "closed" };

async function withBot(story: (bot: FakeBotApi) => Promise<void>): Promise<void> {
  const bot = fakeBotApi(TOKEN);
  try {
    await story(bot);
  } finally {
    await bot.close();
  }
}

function edgeOf(bot: FakeBotApi, breaker = closed) {
  return telegramEdge({ token: TOKEN, apiRoot: bot.root, breaker });
}

Deno.test("send() answers the message's id", () =>
  withBot(async (bot) => {
    const result = await edgeOf(bot).send("-100", "hello");

    assert.deepEqual(result, { kind: "sent", messageId: 1 });
    assert.deepEqual(bot.received, [{ chatId: "-100", text: "hello" }]);
  }));

Deno.test("send() waits as long as a 429 says", () =>
  withBot(async (bot) => {
    bot.script.push({ kind: "error", code: 429, description: "Too Many Requests", retryAfter: 7 });

    const result = await edgeOf(bot).send("-100", "hello");

    assert.deepEqual(result, { kind: "retry", afterMs: 7_000, message: "429 Too Many Requests" });
    assert.deepEqual(bot.received, []);
  }));

Deno.test("send() calls a 403 refused and a 500 unanswered", () =>
  withBot(async (bot) => {
    bot.script.push({ kind: "error", code: 403, description: "Forbidden: bot was kicked" });
    bot.script.push({ kind: "error", code: 500, description: "Internal Server Error" });

    const results = [await edgeOf(bot).send("1", "a"), await edgeOf(bot).send("1", "b")];

    assert.deepEqual(results, [
      { kind: "refused", message: "403 Forbidden: bot was kicked" },
      { kind: "unanswered", message: "500 Internal Server Error" },
    ]);
  }));

Deno.test("send() calls an answer that breaks off unanswered", () =>
  withBot(async (bot) => {
    bot.script.push({ kind: "lost" });

    const result = await edgeOf(bot).send("1", "a");

    assert.equal(result.kind, "unanswered");
    assert.equal(bot.received.length, 1);
  }));

Deno.test("send() to a closed port is to be tried again: nothing left the house", async () => {
  const bot = fakeBotApi(TOKEN);
  await bot.close();

  const result = await edgeOf(bot).send("1", "a");

  assert.equal(result.kind, "retry");
});

Deno.test("send() does not call while the circuit is open", () =>
  withBot(async (bot) => {
    const open: CircuitBreaker = { run: () => Promise.reject(new Error("open")), state: "open" };

    const result = await edgeOf(bot, open).send("1", "a");

    assert.deepEqual(result, { kind: "retry", afterMs: 5_000, message: "the circuit to Telegram is open" });
    assert.deepEqual(bot.received, []);
  }));
