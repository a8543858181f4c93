/**
 * Circuit breakers: the edge and its fake twin under one contract.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openBreaker } from "../../edges/breaker.ts";
import { breakerContract } from "../contracts/breaker_contract.ts";
import { fakeBreaker } from "../kit/fake_breaker.ts";

breakerContract("openBreaker()", openBreaker);
breakerContract("fakeBreaker()", fakeBreaker);

Deno.test("fakeBreaker() stays open until its pause has passed", async () => {
  const breaker = fakeBreaker({ failures: 1, halfOpenAfterMs: 1_000 });
  const down = () => Promise.reject(new Error("down"));

  await assert.rejects(breaker.run(down), /^Error: down$/);
  breaker.advance(999);
  await assert.rejects(breaker.run(() => Promise.resolve()), /breaker is open/);
  breaker.advance(1);
  await breaker.run(() => Promise.resolve());

  assert.equal(breaker.state, "closed");
});
