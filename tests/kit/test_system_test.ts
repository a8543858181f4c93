/**
 * The test system itself: what settle and advance promise.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Actor } from "../../runtime/mod.ts";
import { spawnOne, testSystem } from "./test_system.ts";

type Message =
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "chain"; readonly length: number }
  | { readonly kind: "again" };

function recorder(heard: string[]): Actor<null, Message> {
  return {
    init: () => null,
    async handle(state, message, context) {
      if (message.kind === "again") context.self.tell(message);
      if (message.kind === "note") heard.push(message.text);
      if (message.kind === "chain") {
        for (let i = 0; i < message.length; i++) await Promise.resolve();
        heard.push("end of the chain");
      }
      return state;
    },
  };
}

Deno.test("settle() waits until promise chains have ended too", async () => {
  const { system, settle } = testSystem();
  const heard: string[] = [];

  spawnOne(system, recorder(heard)).tell({ kind: "chain", length: 1_000 });
  await settle();

  assert.deepEqual(heard, ["end of the chain"]);
  await system.stop();
});

Deno.test("settle() says so when actors keep each other busy for ever", async () => {
  const { system, settle } = testSystem({ turnsMax: 5_000 });
  const ref = spawnOne(system, recorder([]));

  ref.tell({ kind: "again" });

  await assert.rejects(settle, /Cannot settle: 5000 turns and no end/);
  await system.stop();
});

Deno.test("advance() moves both clocks together, firing what is due on either in order", async () => {
  const { clock, market, advance } = testSystem({ startMs: 1_000 });
  const fired: string[] = [];
  clock.after(30, () => fired.push(`runtime ${market.nowMs()}`));
  market.after(20, () => {
    fired.push(`market ${clock.nowMs()}`);
    clock.after(5, () => fired.push(`started meanwhile ${clock.nowMs()}`));
  });

  await advance(40);

  assert.deepEqual(fired, ["market 1020", "started meanwhile 1025", "runtime 1030"]);
  assert.deepEqual([clock.nowMs(), market.nowMs()], [1_040, 1_040]);
});

Deno.test("the clocks can be moved apart", async () => {
  const { clock, market } = testSystem({ startMs: 1_000 });

  await market.advance(500);

  assert.deepEqual([clock.nowMs(), market.nowMs()], [1_000, 1_500]);
});

Deno.test("spawnOne() names its actors by the order they were spawned in, whatever other tests did", () => {
  const [first, second] = [testSystem(), testSystem()];

  const paths = [first, first, second].map(({ system }) => spawnOne(system, recorder([])).path);

  assert.deepEqual(paths, ["test1/actor", "test2/actor", "test1/actor"]);
});
